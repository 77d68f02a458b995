kernel 1: flat x64

kernel rows i < w0
  in x: f32   out y: f32
  pass j < w1 in groups
    v0 = load x[i + j*w2]
    v1 = carry sum v0
  pass
    store y[i] v1

  push rbp; mov rbp, rsp
  push rbx
  push r12
  push r13
  push r14
  push r15
  and rsp, -64
  sub rsp, 64
  mov rcx, rdx
b0:
  mov r8, [rdi]
  mov [rsp + 8], r8
  cmp rsi, rcx
  jge b2
b3:
  mov [rsp], rcx
b1:
  mov r9, [rdi + 16]
  mov r10, rsi
  shl r10, 8
  sub r9, r10
  mov rcx, 256
  cmp+cmovg r9, rcx
  mov r11, r9
  and r11, 63
  sub r9, r11
  lea r9, [r10 + r9*1]
  cmp r10, r9
  jge b6
b7:
  mov r8, [rsp + 8]
b5:
  lea rbx, [r8 + r10*4]
  mov [rsp + 8], r8
  mov rcx, [rdi + 24]
  mov r12, [rdi + 24]
  vpxord zmm0, zmm0, zmm0
  xor r13, r13
  cmp r13, r12
  jl b11
b12:
  vmovdqa64 zmm16, zmm0
  vmovdqa64 zmm17, zmm0
  vmovdqa64 zmm18, zmm0
  jmp b10
b11:
  vmovdqa64 zmm16, zmm0
  vmovdqa64 zmm17, zmm0
  vmovdqa64 zmm18, zmm0
b9:
  mov rcx, r12
  sub rcx, r13
  mov r8, 128
  cmp+cmovg rcx, r8
  lea r14, [r13 + rcx*1]
  vpxord zmm1, zmm1, zmm1
  cmp r13, r14
  jl b15
b16:
  vmovdqa64 zmm15, zmm1
  vmovdqa64 zmm19, zmm1
  vmovdqa64 zmm20, zmm1
  jmp b14
b15:
  mov r15, r13
  vmovdqa64 zmm15, zmm1
  vmovdqa64 zmm19, zmm1
  vmovdqa64 zmm20, zmm1
b13:
  mov r8, [rdi + 32]
  mov rcx, r15
  imul rcx, r8
  vmovdqu32 zmm7, [rbx + rcx*4]
  vmovdqu32 zmm9, [rbx + rcx*4 + 64]
  vmovdqu32 zmm11, [rbx + rcx*4 + 128]
  vmovdqu32 zmm13, [rbx + rcx*4 + 192]
  vaddps zmm1, zmm1, zmm7
  vaddps zmm15, zmm15, zmm9
  vaddps zmm20, zmm20, zmm11
  vaddps zmm19, zmm19, zmm13
  lea r15, [r15 + 1]
  cmp r15, r14
  jl b13
b14:
  vaddps zmm0, zmm0, zmm1
  vaddps zmm16, zmm16, zmm15
  vaddps zmm17, zmm17, zmm20
  vaddps zmm18, zmm18, zmm19
  lea r13, [r13 + 128]
  cmp r13, r12
  jl b9
b10:
  mov rbx, [rdi + 8]
  vmovdqu32 [rbx + r10*4], zmm0
  vmovdqu32 [rbx + r10*4 + 64], zmm16
  vmovdqu32 [rbx + r10*4 + 128], zmm17
  vmovdqu32 [rbx + r10*4 + 192], zmm18
  lea r10, [r10 + 64]
  cmp r10, r9
  jge b6
b21:
  mov r8, [rsp + 8]
  jmp b5
b6:
  test r11, r11
  jne b23
b24:
  mov r8, [rsp + 8]
  jmp b25
b23:
  mov rcx, -1
  bzhi r10, rcx, r11
  mov r8, [rsp + 8]
  lea r11, [r8 + r9*4]
  mov rcx, [rdi + 24]
  mov r12, [rdi + 24]
  vpxord zmm12, zmm12, zmm12
  xor r13, r13
  cmp r13, r12
  jl b28
b29:
  vmovdqa64 zmm0, zmm12
  vmovdqa64 zmm1, zmm12
  vmovdqa64 zmm2, zmm12
  jmp b27
b28:
  vmovdqa64 zmm0, zmm12
  vmovdqa64 zmm1, zmm12
  vmovdqa64 zmm2, zmm12
b26:
  mov rcx, r12
  sub rcx, r13
  mov rbx, 128
  cmp+cmovg rcx, rbx
  lea rbx, [r13 + rcx*1]
  vpxord zmm31, zmm31, zmm31
  cmp r13, rbx
  jl b32
b33:
  vmovdqa64 zmm3, zmm31
  vmovdqa64 zmm4, zmm31
  vmovdqa64 zmm5, zmm31
  jmp b31
b32:
  mov r14, r13
  vmovdqa64 zmm3, zmm31
  vmovdqa64 zmm4, zmm31
  vmovdqa64 zmm5, zmm31
b30:
  mov rcx, [rdi + 32]
  mov r15, r14
  imul r15, rcx
  kmovq k4, r10
  kshiftrq k3, k4, 16
  kshiftrq k2, k4, 32
  kshiftrq k1, k4, 48
  vmovdqu32 zmm9{k4}{z}, [r11 + r15*4]
  vmovdqu32 zmm8{k3}{z}, [r11 + r15*4 + 64]
  vmovdqu32 zmm7{k2}{z}, [r11 + r15*4 + 128]
  vmovdqu32 zmm6{k1}{z}, [r11 + r15*4 + 192]
  vaddps zmm31, zmm31, zmm9
  vaddps zmm5, zmm5, zmm8
  vaddps zmm4, zmm4, zmm7
  vaddps zmm3, zmm3, zmm6
  lea r14, [r14 + 1]
  cmp r14, rbx
  jl b30
b31:
  vaddps zmm12, zmm12, zmm31
  vaddps zmm2, zmm2, zmm5
  vaddps zmm1, zmm1, zmm4
  vaddps zmm0, zmm0, zmm3
  lea r13, [r13 + 128]
  cmp r13, r12
  jl b26
b27:
  mov r11, [rdi + 8]
  kmovq k4, r10
  kshiftrq k3, k4, 16
  kshiftrq k2, k4, 32
  kshiftrq k1, k4, 48
  vmovdqu32 [r11 + r9*4]{k4}, zmm12
  vmovdqu32 [r11 + r9*4 + 64]{k3}, zmm2
  vmovdqu32 [r11 + r9*4 + 128]{k2}, zmm1
  vmovdqu32 [r11 + r9*4 + 192]{k1}, zmm0
b25:
  lea rsi, [rsi + 1]
  mov rcx, [rsp]
  cmp rsi, rcx
  jge b2
b38:
  mov [rsp], rcx
  mov [rsp + 8], r8
  jmp b1
b2:
  vzeroupper
  lea rsp, [rbp - 40]
  pop r15
  pop r14
  pop r13
  pop r12
  pop rbx
  pop rbp; ret

