kernel 1: flat x64

kernel rows i < w0, i1 < w1
  in x: f32   in x1: f32   out y: f32
  v0 = load x[i*w2 + i1]
  v1 = load x1[i1]
  v2 = mul v0 v1
  pass
    store y[i*w3 + i1] v2

  push rbp; mov rbp, rsp
  push rbx
  push r12
  push r13
  push r14
  push r15
  mov rcx, rdx
b0:
  mov r8, [rdi]
  mov r9, [rdi + 8]
  cmp rsi, rcx
  jge b2
b1:
  mov r11, [rdi + 32]
  lea r15, [r11 + 16383]
  shr r15, 14
  mov r10, 1
  mov rbx, r15
  cmp+cmovl rbx, r10
  div r10, rsi, rbx
  mov rbx, [rdi + 40]
  mov r12, r10
  imul r12, rbx
  lea rbx, [r8 + r12*4]
  mov r13, r10
  imul r13, r15
  mov r12, rsi
  sub r12, r13
  shl r12, 14
  sub r11, r12
  mov r13, 16384
  cmp+cmovg r11, r13
  mov r13, r11
  and r13, 63
  sub r11, r13
  lea r11, [r12 + r11*1]
  cmp r12, r11
  jge b6
b5:
  vmovdqu32 zmm3, [rbx + r12*4]
  vmovdqu32 zmm2, [rbx + r12*4 + 64]
  vmovdqu32 zmm1, [rbx + r12*4 + 128]
  vmovdqu32 zmm0, [rbx + r12*4 + 192]
  vmovdqu32 zmm5, [r9 + r12*4]
  vmovdqu32 zmm7, [r9 + r12*4 + 64]
  vmovdqu32 zmm6, [r9 + r12*4 + 128]
  vmovdqu32 zmm4, [r9 + r12*4 + 192]
  vmulps zmm5, zmm3, zmm5
  vmulps zmm7, zmm2, zmm7
  vmulps zmm9, zmm1, zmm6
  vmulps zmm11, zmm0, zmm4
  mov r14, [rdi + 48]
  mov r15, r10
  imul r15, r14
  lea r14, [r15 + r12*1]
  mov r15, [rdi + 16]
  vmovdqu32 [r15 + r14*4], zmm5
  vmovdqu32 [r15 + r14*4 + 64], zmm7
  vmovdqu32 [r15 + r14*4 + 128], zmm9
  vmovdqu32 [r15 + r14*4 + 192], zmm11
  lea r12, [r12 + 64]
  cmp r12, r11
  jl b5
b6:
  test r13, r13
  je b13
b11:
  mov r12, -1
  bzhi r12, r12, r13
  kmovq k4, r12
  kshiftrq k3, k4, 16
  kshiftrq k2, k4, 32
  kshiftrq k1, k4, 48
  vmovdqu32 zmm3{k4}{z}, [rbx + r11*4]
  vmovdqu32 zmm2{k3}{z}, [rbx + r11*4 + 64]
  vmovdqu32 zmm1{k2}{z}, [rbx + r11*4 + 128]
  vmovdqu32 zmm0{k1}{z}, [rbx + r11*4 + 192]
  kmovq k4, r12
  kshiftrq k3, k4, 16
  kshiftrq k2, k4, 32
  kshiftrq k1, k4, 48
  vmovdqu32 zmm5{k4}{z}, [r9 + r11*4]
  vmovdqu32 zmm7{k3}{z}, [r9 + r11*4 + 64]
  vmovdqu32 zmm6{k2}{z}, [r9 + r11*4 + 128]
  vmovdqu32 zmm4{k1}{z}, [r9 + r11*4 + 192]
  vmulps zmm5, zmm3, zmm5
  vmulps zmm7, zmm2, zmm7
  vmulps zmm9, zmm1, zmm6
  vmulps zmm11, zmm0, zmm4
  mov r13, [rdi + 48]
  imul r10, r13
  lea r10, [r10 + r11*1]
  mov r11, [rdi + 16]
  kmovq k4, r12
  kshiftrq k3, k4, 16
  kshiftrq k2, k4, 32
  kshiftrq k1, k4, 48
  vmovdqu32 [r11 + r10*4]{k4}, zmm5
  vmovdqu32 [r11 + r10*4 + 64]{k3}, zmm7
  vmovdqu32 [r11 + r10*4 + 128]{k2}, zmm9
  vmovdqu32 [r11 + r10*4 + 192]{k1}, zmm11
b13:
  lea rsi, [rsi + 1]
  cmp rsi, rcx
  jl b1
b2:
  vzeroupper
  pop r15
  pop r14
  pop r13
  pop r12
  pop rbx
  pop rbp; ret

