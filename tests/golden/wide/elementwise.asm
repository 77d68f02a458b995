kernel 1: flat x64

kernel rows i < w0
  in x: f32   in x1: f32   in x2: f32   out y: f32
  v0 = load x[i]
  v1 = load x1[i]
  v2 = mul v0 v1
  v3 = load x2[i]
  v4 = add v2 v3
  pass
    store y[i] v4

  push rbp; mov rbp, rsp
  push rbx
  push r12
  push r13
  mov rcx, rdx
b0:
  mov r8, [rdi]
  mov r9, [rdi + 8]
  mov r10, [rdi + 16]
  cmp rsi, rcx
  jge b2
b1:
  mov r11, [rdi + 32]
  mov rbx, rsi
  shl rbx, 14
  sub r11, rbx
  mov r12, 16384
  cmp+cmovg r11, r12
  mov r12, r11
  and r12, 63
  sub r11, r12
  lea r11, [rbx + r11*1]
  cmp rbx, r11
  jge b6
b5:
  vmovdqu32 zmm3, [r8 + rbx*4]
  vmovdqu32 zmm2, [r8 + rbx*4 + 64]
  vmovdqu32 zmm1, [r8 + rbx*4 + 128]
  vmovdqu32 zmm0, [r8 + rbx*4 + 192]
  vmovdqu32 zmm7, [r9 + rbx*4]
  vmovdqu32 zmm6, [r9 + rbx*4 + 64]
  vmovdqu32 zmm5, [r9 + rbx*4 + 128]
  vmovdqu32 zmm4, [r9 + rbx*4 + 192]
  vmulps zmm3, zmm3, zmm7
  vmulps zmm2, zmm2, zmm6
  vmulps zmm1, zmm1, zmm5
  vmulps zmm0, zmm0, zmm4
  vmovdqu32 zmm7, [r10 + rbx*4]
  vmovdqu32 zmm5, [r10 + rbx*4 + 64]
  vmovdqu32 zmm6, [r10 + rbx*4 + 128]
  vmovdqu32 zmm4, [r10 + rbx*4 + 192]
  vaddps zmm3, zmm3, zmm7
  vaddps zmm5, zmm2, zmm5
  vaddps zmm7, zmm1, zmm6
  vaddps zmm9, zmm0, zmm4
  mov r13, [rdi + 24]
  vmovdqu32 [r13 + rbx*4], zmm3
  vmovdqu32 [r13 + rbx*4 + 64], zmm5
  vmovdqu32 [r13 + rbx*4 + 128], zmm7
  vmovdqu32 [r13 + rbx*4 + 192], zmm9
  lea rbx, [rbx + 64]
  cmp rbx, r11
  jl b5
b6:
  test r12, r12
  je b13
b11:
  mov rbx, -1
  bzhi rbx, rbx, r12
  kmovq k4, rbx
  kshiftrq k3, k4, 16
  kshiftrq k2, k4, 32
  kshiftrq k1, k4, 48
  vmovdqu32 zmm2{k4}{z}, [r8 + r11*4]
  vmovdqu32 zmm0{k3}{z}, [r8 + r11*4 + 64]
  vmovdqu32 zmm1{k2}{z}, [r8 + r11*4 + 128]
  vmovdqu32 zmm3{k1}{z}, [r8 + r11*4 + 192]
  kmovq k4, rbx
  kshiftrq k3, k4, 16
  kshiftrq k2, k4, 32
  kshiftrq k1, k4, 48
  vmovdqu32 zmm7{k4}{z}, [r9 + r11*4]
  vmovdqu32 zmm6{k3}{z}, [r9 + r11*4 + 64]
  vmovdqu32 zmm5{k2}{z}, [r9 + r11*4 + 128]
  vmovdqu32 zmm4{k1}{z}, [r9 + r11*4 + 192]
  vmulps zmm2, zmm2, zmm7
  vmulps zmm0, zmm0, zmm6
  vmulps zmm1, zmm1, zmm5
  vmulps zmm3, zmm3, zmm4
  kmovq k5, rbx
  kshiftrq k7, k5, 16
  kshiftrq k2, k5, 32
  kshiftrq k1, k5, 48
  vmovdqu32 zmm13{k5}{z}, [r10 + r11*4]
  vmovdqu32 zmm15{k7}{z}, [r10 + r11*4 + 64]
  vmovdqu32 zmm17{k2}{z}, [r10 + r11*4 + 128]
  vmovdqu32 zmm19{k1}{z}, [r10 + r11*4 + 192]
  vaddps zmm21, zmm2, zmm13
  vaddps zmm23, zmm0, zmm15
  vaddps zmm25, zmm1, zmm17
  vaddps zmm27, zmm3, zmm19
  mov r12, [rdi + 24]
  kmovq k4, rbx
  kshiftrq k3, k4, 16
  kshiftrq k2, k4, 32
  kshiftrq k1, k4, 48
  vmovdqu32 [r12 + r11*4]{k4}, zmm21
  vmovdqu32 [r12 + r11*4 + 64]{k3}, zmm23
  vmovdqu32 [r12 + r11*4 + 128]{k2}, zmm25
  vmovdqu32 [r12 + r11*4 + 192]{k1}, zmm27
b13:
  lea rsi, [rsi + 1]
  cmp rsi, rcx
  jl b1
b2:
  vzeroupper
  pop r13
  pop r12
  pop rbx
  pop rbp; ret

