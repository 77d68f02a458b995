kernel 1: row x32

kernel rows i < w0
  in x: f32   out y: f32   out y1: f32
  pass j < w1 in lanes
    v0 = load x[i*w2 + j]
    _, v1, v2 = carry moments v0
  v3 = const f32 300.0
  v4 = div v2 v3
  pass
    store y[i] v1
    store y1[i] v4

  push rbp; mov rbp, rsp
  push rbx
  mov rcx, rdx
b0:
  mov r8, [rdi]
  cmp rsi, rcx
  jge b2
b1:
  mov r10, [rdi + 40]
  mov r9, rsi
  imul r9, r10
  lea r10, [r8 + r9*4]
  mov r11, [rdi + 32]
  mov r9, r11
  and r9, 31
  sub r11, r9
  vpxord zmm29, zmm29, zmm29
  vpxord zmm1, zmm1, zmm1
  vpxord zmm0, zmm0, zmm0
  xor rbx, rbx
  cmp rbx, r11
  jl b7
b8:
  vmovdqa64 zmm2, zmm0
  vmovdqa64 zmm3, zmm1
  jmp b6
b7:
  vmovdqa64 zmm2, zmm0
  vmovdqa64 zmm3, zmm1
b5:
  vmovdqu32 zmm5, [r10 + rbx*4]
  vmovdqu32 zmm4, [r10 + rbx*4 + 64]
  vaddps zmm29, zmm29, [const 0x3f800000]{1to16}
  vpbroadcastd zmm6, [const 0x3f800000]
  vdivps zmm8, zmm6, zmm29
  vsubps zmm7, zmm5, zmm1
  vsubps zmm6, zmm4, zmm3
  vmulps zmm9, zmm7, zmm8
  vmulps zmm8, zmm6, zmm8
  vaddps zmm1, zmm1, zmm9
  vaddps zmm3, zmm3, zmm8
  vsubps zmm5, zmm5, zmm1
  vsubps zmm4, zmm4, zmm3
  vmulps zmm5, zmm7, zmm5
  vmulps zmm4, zmm6, zmm4
  vaddps zmm0, zmm0, zmm5
  vaddps zmm2, zmm2, zmm4
  lea rbx, [rbx + 32]
  cmp rbx, r11
  jl b5
b6:
  test r9, r9
  jne b11
b12:
  vmovdqa64 zmm27, zmm29
  jmp b13
b11:
  xor rbx, rbx
  cmp+cmovl r9, rbx
  mov rbx, 32
  cmp+cmovg r9, rbx
  mov rbx, -1
  bzhi rbx, rbx, r9
  kmovq k2, rbx
  kshiftrq k1, k2, 16
  vmovdqu32 zmm8{k2}{z}, [r10 + r11*4]
  vmovdqu32 zmm7{k1}{z}, [r10 + r11*4 + 64]
  vaddps zmm4, zmm29, [const 0x3f800000]{1to16}
  vpbroadcastd zmm5, [const 0x3f800000]
  vdivps zmm5, zmm5, zmm4
  vsubps zmm10, zmm8, zmm1
  vsubps zmm9, zmm7, zmm3
  vmulps zmm6, zmm10, zmm5
  vmulps zmm5, zmm9, zmm5
  vaddps zmm6, zmm1, zmm6
  vaddps zmm5, zmm3, zmm5
  vsubps zmm8, zmm8, zmm6
  vsubps zmm7, zmm7, zmm5
  vmulps zmm8, zmm10, zmm8
  vmulps zmm7, zmm9, zmm7
  vaddps zmm8, zmm0, zmm8
  vaddps zmm7, zmm2, zmm7
  mov r10, -1
  bzhi r11, r10, r9
  kmovq k1, r11
  kshiftrq k2, k1, 16
  vblendmps zmm17{k1}, zmm29, zmm4
  vblendmps zmm27{k2}, zmm29, zmm4
  kshiftrq k2, k1, 16
  vblendmps zmm1{k1}, zmm1, zmm6
  vblendmps zmm3{k2}, zmm3, zmm5
  kshiftrq k2, k1, 16
  vblendmps zmm0{k1}, zmm0, zmm8
  vblendmps zmm2{k2}, zmm2, zmm7
  vmovdqa64 zmm29, zmm17
b13:
  vaddps zmm4, zmm29, zmm27
  vsubps zmm7, zmm3, zmm1
  vdivps zmm6, zmm27, zmm4
  vmulps zmm5, zmm7, zmm6
  vaddps zmm5, zmm1, zmm5
  vaddps zmm8, zmm0, zmm2
  vmulps zmm7, zmm7, zmm7
  vmulps zmm6, zmm29, zmm6
  vmulps zmm6, zmm7, zmm6
  vaddps zmm6, zmm8, zmm6
  vcmpps k2, zmm29, [const 0x00000000]{1to16}, 0
  vcmpps k1, zmm27, [const 0x00000000]{1to16}, 0
  vblendmps zmm3{k2}, zmm5, zmm3
  vblendmps zmm3{k1}, zmm3, zmm1
  vblendmps zmm5{k2}, zmm6, zmm2
  vblendmps zmm7{k1}, zmm5, zmm0
  vextracti64x4 ymm9, zmm4, 1
  vextracti64x4 ymm11, zmm3, 1
  vextracti64x4 ymm13, zmm7, 1
  vaddps ymm15, ymm4, ymm9
  vsubps ymm17, ymm11, ymm3
  vdivps ymm19, ymm9, ymm15
  vmulps ymm21, ymm17, ymm19
  vaddps ymm23, ymm3, ymm21
  vaddps ymm25, ymm7, ymm13
  vmulps ymm27, ymm17, ymm17
  vmulps ymm29, ymm4, ymm19
  vmulps ymm31, ymm27, ymm29
  vaddps ymm0, ymm25, ymm31
  vcmpps k2, ymm4, [const 0x00000000]{1to8}, 0
  vcmpps k1, ymm9, [const 0x00000000]{1to8}, 0
  vblendmps ymm1{k2}, ymm23, ymm11
  vblendmps ymm2{k1}, ymm1, ymm3
  vblendmps ymm0{k2}, ymm0, ymm13
  vblendmps ymm1{k1}, ymm0, ymm7
  vextracti64x2 xmm5, zmm15, 1
  vextracti64x2 xmm4, zmm2, 1
  vextracti64x2 xmm3, zmm1, 1
  vaddps xmm0, xmm15, xmm5
  vsubps xmm8, xmm4, xmm2
  vdivps xmm7, xmm5, xmm0
  vmulps xmm6, xmm8, xmm7
  vaddps xmm6, xmm2, xmm6
  vaddps xmm9, xmm1, xmm3
  vmulps xmm8, xmm8, xmm8
  vmulps xmm7, xmm15, xmm7
  vmulps xmm7, xmm8, xmm7
  vaddps xmm8, xmm9, xmm7
  vcmpps k2, xmm15, [const 0x00000000]{1to4}, 0
  vcmpps k1, xmm5, [const 0x00000000]{1to4}, 0
  vblendmps xmm14{k2}, xmm6, xmm4
  vblendmps xmm16{k1}, xmm14, xmm2
  vblendmps xmm18{k2}, xmm8, xmm3
  vblendmps xmm20{k1}, xmm18, xmm1
  vpsrldq xmm22, xmm0, 8
  vpsrldq xmm24, xmm16, 8
  vpsrldq xmm26, xmm20, 8
  vaddps xmm28, xmm0, xmm22
  vsubps xmm30, xmm24, xmm16
  vdivps xmm2, xmm22, xmm28
  vmulps xmm1, xmm30, xmm2
  vaddps xmm1, xmm16, xmm1
  vaddps xmm3, xmm20, xmm26
  vmulps xmm4, xmm30, xmm30
  vmulps xmm2, xmm0, xmm2
  vmulps xmm2, xmm4, xmm2
  vaddps xmm2, xmm3, xmm2
  vcmpps k2, xmm0, [const 0x00000000]{1to4}, 0
  vcmpps k1, xmm22, [const 0x00000000]{1to4}, 0
  vblendmps xmm0{k2}, xmm1, xmm24
  vblendmps xmm3{k1}, xmm0, xmm16
  vblendmps xmm0{k2}, xmm2, xmm26
  vblendmps xmm2{k1}, xmm0, xmm20
  vpsrldq xmm1, xmm28, 4
  vpbroadcastd zmm0, xmm28
  vpbroadcastd zmm1, xmm1
  vpsrldq xmm4, xmm3, 4
  vpbroadcastd zmm5, xmm3
  vpbroadcastd zmm7, xmm4
  vpsrldq xmm9, xmm2, 4
  vpbroadcastd zmm11, xmm2
  vpbroadcastd zmm13, xmm9
  vaddps zmm15, zmm0, zmm1
  vsubps zmm17, zmm7, zmm5
  vdivps zmm19, zmm1, zmm15
  vmulps zmm21, zmm17, zmm19
  vaddps zmm23, zmm5, zmm21
  vaddps zmm25, zmm11, zmm13
  vmulps zmm27, zmm17, zmm17
  vmulps zmm29, zmm0, zmm19
  vmulps zmm31, zmm27, zmm29
  vaddps zmm2, zmm25, zmm31
  vcmpps k2, zmm0, [const 0x00000000]{1to16}, 0
  vcmpps k1, zmm1, [const 0x00000000]{1to16}, 0
  vblendmps zmm0{k2}, zmm23, zmm7
  vblendmps zmm0{k1}, zmm0, zmm5
  vblendmps zmm1{k2}, zmm2, zmm13
  vblendmps zmm1{k1}, zmm1, zmm11
  vdivps zmm1, zmm1, [const 0x43960000]{1to16}
  mov r9, [rdi + 8]
  vmovd [r9 + rsi*4], xmm0
  mov r9, [rdi + 16]
  vmovd [r9 + rsi*4], xmm1
  lea rsi, [rsi + 1]
  cmp rsi, rcx
  jl b1
b2:
  vzeroupper
  pop rbx
  pop rbp; ret

