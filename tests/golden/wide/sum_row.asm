kernel 1: row x32

kernel rows i < w0
  in x: f32   out y: f32
  pass j < w1 in lanes
    v0 = load x[i*w2 + j]
    v1 = carry sum v0
  pass
    store y[i] v1

  push rbp; mov rbp, rsp
  push rbx
  mov rcx, rdx
b0:
  mov r8, [rdi]
  cmp rsi, rcx
  jge b2
b1:
  mov r10, [rdi + 32]
  mov r9, rsi
  imul r9, r10
  lea r10, [r8 + r9*4]
  mov r11, [rdi + 24]
  mov r9, r11
  and r9, 31
  sub r11, r9
  vpxord zmm0, zmm0, zmm0
  xor rbx, rbx
  cmp rbx, r11
  jl b7
b8:
  vmovdqa64 zmm1, zmm0
  jmp b6
b7:
  vmovdqa64 zmm1, zmm0
b5:
  vmovdqu32 zmm3, [r10 + rbx*4]
  vmovdqu32 zmm2, [r10 + rbx*4 + 64]
  vaddps zmm0, zmm0, zmm3
  vaddps zmm1, zmm1, zmm2
  lea rbx, [rbx + 32]
  cmp rbx, r11
  jl b5
b6:
  test r9, r9
  je b13
b11:
  xor rbx, rbx
  cmp+cmovl r9, rbx
  mov rbx, 32
  cmp+cmovg r9, rbx
  mov rbx, -1
  bzhi rbx, rbx, r9
  kmovq k2, rbx
  kshiftrq k1, k2, 16
  vmovdqu32 zmm2{k2}{z}, [r10 + r11*4]
  vmovdqu32 zmm4{k1}{z}, [r10 + r11*4 + 64]
  vaddps zmm6, zmm0, zmm2
  vaddps zmm8, zmm1, zmm4
  mov r10, -1
  bzhi r9, r10, r9
  kmovq k2, r9
  kshiftrq k1, k2, 16
  vblendmps zmm0{k2}, zmm0, zmm6
  vblendmps zmm1{k1}, zmm1, zmm8
b13:
  vaddps zmm25, zmm0, zmm1
  vextracti64x4 ymm27, zmm25, 1
  vaddps ymm29, ymm25, ymm27
  vextracti64x2 xmm31, zmm29, 1
  vaddps xmm0, xmm29, xmm31
  vpsrldq xmm1, xmm0, 8
  vaddps xmm0, xmm0, xmm1
  vpsrldq xmm1, xmm0, 4
  vpbroadcastd zmm0, xmm0
  vpbroadcastd zmm1, xmm1
  vaddps zmm0, zmm0, zmm1
  mov r9, [rdi + 8]
  vmovd [r9 + rsi*4], xmm0
  lea rsi, [rsi + 1]
  cmp rsi, rcx
  jl b1
b2:
  vzeroupper
  pop rbx
  pop rbp; ret

