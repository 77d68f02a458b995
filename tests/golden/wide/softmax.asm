kernel 1: row x32

kernel rows i < w0
  in x: f32   out y: f32
  pass j < w1
    v0 = load x[i*w2 + j]
    v1 = carry max v0
  pass j < w1 in lanes
    v2 = sub v0 v1
    v3 = exp v2
    v4 = carry sum v3
  pass j < w1
    v5 = div v3 v4
    store y[i*w3 + j] v5

  push rbp; mov rbp, rsp
  push rbx
  push r12
  push r13
  push r14
  mov rcx, rdx
b0:
  mov r8, [rdi]
  cmp rsi, rcx
  jge b2
b1:
  mov r10, [rdi + 32]
  mov r9, rsi
  imul r9, r10
  lea r9, [r8 + r9*4]
  mov r11, [rdi + 24]
  mov r10, r11
  and r10, 31
  sub r11, r10
  vpbroadcastd zmm9, [const 0xff800000]
  xor rbx, rbx
  cmp rbx, r11
  jl b7
b8:
  vmovdqa64 zmm15, zmm9
  jmp b6
b7:
  vmovdqa64 zmm15, zmm9
b5:
  vmovdqu32 zmm3, [r9 + rbx*4]
  vmovdqu32 zmm2, [r9 + rbx*4 + 64]
  vmaxps zmm1, zmm9, zmm3
  vmaxps zmm0, zmm15, zmm2
  vpandd zmm5, zmm9, zmm3
  vpandd zmm4, zmm15, zmm2
  vcmpps k2, zmm9, zmm3, 0
  vcmpps k1, zmm15, zmm2, 0
  vblendmps zmm1{k2}, zmm1, zmm5
  vblendmps zmm0{k1}, zmm0, zmm4
  vcmpps k2, zmm9, zmm9, 4
  vcmpps k1, zmm15, zmm15, 4
  vblendmps zmm9{k2}, zmm1, zmm9
  vblendmps zmm15{k1}, zmm0, zmm15
  lea rbx, [rbx + 32]
  cmp rbx, r11
  jl b5
b6:
  test r10, r10
  je b13
b11:
  xor r12, r12
  cmp+cmovl r10, r12
  mov r12, 32
  cmp+cmovg r10, r12
  mov r14, -1
  bzhi rbx, r14, r10
  kmovq k2, rbx
  kshiftrq k1, k2, 16
  vmovdqu32 zmm22{k2}{z}, [r9 + r11*4]
  vmovdqu32 zmm24{k1}{z}, [r9 + r11*4 + 64]
  vmaxps zmm26, zmm9, zmm22
  vmaxps zmm28, zmm15, zmm24
  vpandd zmm30, zmm9, zmm22
  vpandd zmm0, zmm15, zmm24
  vcmpps k2, zmm9, zmm22, 0
  vcmpps k1, zmm15, zmm24, 0
  vblendmps zmm1{k2}, zmm26, zmm30
  vblendmps zmm0{k1}, zmm28, zmm0
  vcmpps k2, zmm9, zmm9, 4
  vcmpps k1, zmm15, zmm15, 4
  vblendmps zmm1{k2}, zmm1, zmm9
  vblendmps zmm0{k1}, zmm0, zmm15
  mov r11, -1
  bzhi r10, r11, r10
  kmovq k2, r10
  kshiftrq k1, k2, 16
  vblendmps zmm9{k2}, zmm9, zmm1
  vblendmps zmm15{k1}, zmm15, zmm0
b13:
  vmaxps zmm2, zmm9, zmm15
  vpandd zmm4, zmm9, zmm15
  vcmpps k6, zmm9, zmm15, 0
  vblendmps zmm8{k6}, zmm2, zmm4
  vcmpps k1, zmm9, zmm9, 4
  vblendmps zmm12{k1}, zmm8, zmm9
  vextracti64x4 ymm14, zmm12, 1
  vmaxps ymm16, ymm12, ymm14
  vpandd ymm18, ymm12, ymm14
  vcmpps k1, ymm12, ymm14, 0
  vblendmps ymm22{k1}, ymm16, ymm18
  vcmpps k1, ymm12, ymm12, 4
  vblendmps ymm26{k1}, ymm22, ymm12
  vextracti64x2 xmm28, zmm26, 1
  vmaxps xmm30, xmm26, xmm28
  vpandd xmm0, xmm26, xmm28
  vcmpps k1, xmm26, xmm28, 0
  vblendmps xmm0{k1}, xmm30, xmm0
  vcmpps k1, xmm26, xmm26, 4
  vblendmps xmm0{k1}, xmm0, xmm26
  vpsrldq xmm2, xmm0, 8
  vmaxps xmm1, xmm0, xmm2
  vpandd xmm3, xmm0, xmm2
  vcmpps k1, xmm0, xmm2, 0
  vblendmps xmm1{k1}, xmm1, xmm3
  vcmpps k1, xmm0, xmm0, 4
  vblendmps xmm0{k1}, xmm1, xmm0
  vpsrldq xmm1, xmm0, 4
  vpbroadcastd zmm0, xmm0
  vpbroadcastd zmm2, xmm1
  vmaxps zmm1, zmm0, zmm2
  vpandd zmm3, zmm0, zmm2
  vcmpps k3, zmm0, zmm2, 0
  vblendmps zmm5{k3}, zmm1, zmm3
  vcmpps k7, zmm0, zmm0, 4
  vblendmps zmm9{k7}, zmm5, zmm0
  mov r11, [rdi + 24]
  mov r10, r11
  and r10, 31
  sub r11, r10
  vpxord zmm0, zmm0, zmm0
  xor rbx, rbx
  cmp rbx, r11
  jl b16
b17:
  vmovdqa64 zmm1, zmm0
  jmp b15
b16:
  vmovdqa64 zmm1, zmm0
b14:
  vmovdqu32 zmm27, [r9 + rbx*4]
  vmovdqu32 zmm29, [r9 + rbx*4 + 64]
  vsubps zmm31, zmm27, zmm9
  vsubps zmm4, zmm29, zmm9
  vminps zmm3, zmm31, [const 0x42b17217]{1to16}
  vminps zmm2, zmm4, [const 0x42b17217]{1to16}
  vmaxps zmm3, zmm3, [const 0xc2aeac4f]{1to16}
  vmaxps zmm2, zmm2, [const 0xc2aeac4f]{1to16}
  vcmpps k2, zmm3, zmm31, 4
  vcmpps k1, zmm2, zmm4, 4
  vpbroadcastd zmm5, [const 0x3fb8aa3b]
  vmovdqa64 zmm3, zmm31
  vfmadd213ps zmm3, zmm5, [const 0x4b400000]{1to16}
  vmovdqa64 zmm2, zmm4
  vfmadd213ps zmm2, zmm5, [const 0x4b400000]{1to16}
  vsubps zmm8, zmm3, [const 0x4b400000]{1to16}
  vsubps zmm7, zmm2, [const 0x4b400000]{1to16}
  vmovdqa64 zmm6, zmm31
  vfmadd231ps zmm6, zmm8, [const 0xbf317218]{1to16}
  vmovdqa64 zmm5, zmm4
  vfmadd231ps zmm5, zmm7, [const 0xbf317218]{1to16}
  vmulps zmm8, zmm8, [const 0x3102e308]{1to16}
  vmulps zmm7, zmm7, [const 0x3102e308]{1to16}
  vaddps zmm13, zmm6, zmm8
  vaddps zmm12, zmm5, zmm7
  vmulps zmm11, zmm13, zmm13
  vmulps zmm10, zmm12, zmm12
  vpbroadcastd zmm15, [const 0x3ab7f82b]
  vmovdqa64 zmm14, zmm11
  vfmadd213ps zmm14, zmm15, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm16, zmm10
  vfmadd213ps zmm16, zmm15, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm14, zmm11, [const 0x3f000000]{1to16}
  vfmadd213ps zmm16, zmm10, [const 0x3f000000]{1to16}
  vpbroadcastd zmm20, [const 0x3c092be8]
  vmovdqa64 zmm26, zmm11
  vfmadd213ps zmm26, zmm20, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm28, zmm10
  vfmadd213ps zmm28, zmm20, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm26, zmm13, zmm14
  vfmadd213ps zmm28, zmm12, zmm16
  vfmadd213ps zmm26, zmm11, zmm8
  vfmadd213ps zmm28, zmm10, zmm7
  vaddps zmm6, zmm6, zmm26
  vaddps zmm5, zmm5, zmm28
  vaddps zmm6, zmm6, [const 0x3f800000]{1to16}
  vaddps zmm5, zmm5, [const 0x3f800000]{1to16}
  vpslld zmm3, zmm3, 23
  vpslld zmm2, zmm2, 23
  vpaddd zmm3, zmm6, zmm3
  vpaddd zmm2, zmm5, zmm2
  kunpckwd k3, k1, k2
  kmovd r12, k3
  test r12, r12
  jne b18
b20:
  vaddps zmm0, zmm0, zmm3
  vaddps zmm1, zmm1, zmm2
  lea rbx, [rbx + 32]
  cmp rbx, r11
  jl b14
b15:
  test r10, r10
  je b25
b23:
  xor rbx, rbx
  cmp+cmovl r10, rbx
  mov rbx, 32
  cmp+cmovg r10, rbx
  mov rbx, -1
  bzhi rbx, rbx, r10
  kmovq k5, rbx
  kshiftrq k7, k5, 16
  vmovdqu32 zmm10{k5}{z}, [r9 + r11*4]
  vmovdqu32 zmm11{k7}{z}, [r9 + r11*4 + 64]
  vsubps zmm13, zmm10, zmm9
  vsubps zmm15, zmm11, zmm9
  vminps zmm17, zmm13, [const 0x42b17217]{1to16}
  vminps zmm19, zmm15, [const 0x42b17217]{1to16}
  vmaxps zmm21, zmm17, [const 0xc2aeac4f]{1to16}
  vmaxps zmm23, zmm19, [const 0xc2aeac4f]{1to16}
  vcmpps k2, zmm21, zmm13, 4
  vcmpps k1, zmm23, zmm15, 4
  vpbroadcastd zmm29, [const 0x3fb8aa3b]
  vmovdqa64 zmm31, zmm13
  vfmadd213ps zmm31, zmm29, [const 0x4b400000]{1to16}
  vmovdqa64 zmm2, zmm15
  vfmadd213ps zmm2, zmm29, [const 0x4b400000]{1to16}
  vsubps zmm6, zmm31, [const 0x4b400000]{1to16}
  vsubps zmm5, zmm2, [const 0x4b400000]{1to16}
  vmovdqa64 zmm4, zmm13
  vfmadd231ps zmm4, zmm6, [const 0xbf317218]{1to16}
  vmovdqa64 zmm3, zmm15
  vfmadd231ps zmm3, zmm5, [const 0xbf317218]{1to16}
  vmulps zmm6, zmm6, [const 0x3102e308]{1to16}
  vmulps zmm5, zmm5, [const 0x3102e308]{1to16}
  vaddps zmm11, zmm4, zmm6
  vaddps zmm10, zmm3, zmm5
  vmulps zmm8, zmm11, zmm11
  vmulps zmm7, zmm10, zmm10
  vpbroadcastd zmm16, [const 0x3ab7f82b]
  vmovdqa64 zmm14, zmm8
  vfmadd213ps zmm14, zmm16, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm12, zmm7
  vfmadd213ps zmm12, zmm16, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm14, zmm8, [const 0x3f000000]{1to16}
  vfmadd213ps zmm12, zmm7, [const 0x3f000000]{1to16}
  vpbroadcastd zmm18, [const 0x3c092be8]
  vmovdqa64 zmm17, zmm8
  vfmadd213ps zmm17, zmm18, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm16, zmm7
  vfmadd213ps zmm16, zmm18, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm17, zmm11, zmm14
  vfmadd213ps zmm16, zmm10, zmm12
  vfmadd213ps zmm17, zmm8, zmm6
  vfmadd213ps zmm16, zmm7, zmm5
  vaddps zmm17, zmm4, zmm17
  vaddps zmm18, zmm3, zmm16
  vaddps zmm20, zmm17, [const 0x3f800000]{1to16}
  vaddps zmm22, zmm18, [const 0x3f800000]{1to16}
  vpslld zmm24, zmm31, 23
  vpslld zmm26, zmm2, 23
  vpaddd zmm24, zmm20, zmm24
  vpaddd zmm26, zmm22, zmm26
  kunpckwd k3, k1, k2
  kmovd r11, k3
  test r11, r11
  jne b26
b28:
  vaddps zmm25, zmm0, zmm24
  vaddps zmm27, zmm1, zmm26
  mov r11, -1
  bzhi r10, r11, r10
  kmovq k2, r10
  kshiftrq k1, k2, 16
  vblendmps zmm0{k2}, zmm0, zmm25
  vblendmps zmm1{k1}, zmm1, zmm27
b25:
  vaddps zmm0, zmm0, zmm1
  vextracti64x4 ymm1, zmm0, 1
  vaddps ymm0, ymm0, ymm1
  vextracti64x2 xmm1, zmm0, 1
  vaddps xmm0, xmm0, xmm1
  vpsrldq xmm1, xmm0, 8
  vaddps xmm0, xmm0, xmm1
  vpsrldq xmm1, xmm0, 4
  vpbroadcastd zmm0, xmm0
  vpbroadcastd zmm1, xmm1
  vaddps zmm1, zmm0, zmm1
  mov r10, [rdi + 24]
  mov r11, r10
  and r11, 31
  sub r10, r11
  xor r12, r12
  cmp r12, r10
  jge b30
b29:
  vmovdqu32 zmm15, [r9 + r12*4]
  vmovdqu32 zmm17, [r9 + r12*4 + 64]
  vsubps zmm19, zmm15, zmm9
  vsubps zmm21, zmm17, zmm9
  vminps zmm23, zmm19, [const 0x42b17217]{1to16}
  vminps zmm25, zmm21, [const 0x42b17217]{1to16}
  vmaxps zmm27, zmm23, [const 0xc2aeac4f]{1to16}
  vmaxps zmm29, zmm25, [const 0xc2aeac4f]{1to16}
  vcmpps k2, zmm27, zmm19, 4
  vcmpps k1, zmm29, zmm21, 4
  vpbroadcastd zmm3, [const 0x3fb8aa3b]
  vmovdqa64 zmm2, zmm19
  vfmadd213ps zmm2, zmm3, [const 0x4b400000]{1to16}
  vmovdqa64 zmm0, zmm21
  vfmadd213ps zmm0, zmm3, [const 0x4b400000]{1to16}
  vsubps zmm6, zmm2, [const 0x4b400000]{1to16}
  vsubps zmm5, zmm0, [const 0x4b400000]{1to16}
  vmovdqa64 zmm4, zmm19
  vfmadd231ps zmm4, zmm6, [const 0xbf317218]{1to16}
  vmovdqa64 zmm3, zmm21
  vfmadd231ps zmm3, zmm5, [const 0xbf317218]{1to16}
  vmulps zmm6, zmm6, [const 0x3102e308]{1to16}
  vmulps zmm5, zmm5, [const 0x3102e308]{1to16}
  vaddps zmm11, zmm4, zmm6
  vaddps zmm10, zmm3, zmm5
  vmulps zmm8, zmm11, zmm11
  vmulps zmm7, zmm10, zmm10
  vpbroadcastd zmm14, [const 0x3ab7f82b]
  vmovdqa64 zmm13, zmm8
  vfmadd213ps zmm13, zmm14, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm12, zmm7
  vfmadd213ps zmm12, zmm14, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm13, zmm8, [const 0x3f000000]{1to16}
  vfmadd213ps zmm12, zmm7, [const 0x3f000000]{1to16}
  vpbroadcastd zmm15, [const 0x3c092be8]
  vmovdqa64 zmm14, zmm8
  vfmadd213ps zmm14, zmm15, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm16, zmm7
  vfmadd213ps zmm16, zmm15, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm14, zmm11, zmm13
  vfmadd213ps zmm16, zmm10, zmm12
  vfmadd213ps zmm14, zmm8, zmm6
  vfmadd213ps zmm16, zmm7, zmm5
  vaddps zmm22, zmm4, zmm14
  vaddps zmm24, zmm3, zmm16
  vaddps zmm26, zmm22, [const 0x3f800000]{1to16}
  vaddps zmm28, zmm24, [const 0x3f800000]{1to16}
  vpslld zmm30, zmm2, 23
  vpslld zmm0, zmm0, 23
  vpaddd zmm30, zmm26, zmm30
  vpaddd zmm0, zmm28, zmm0
  kunpckwd k3, k1, k2
  kmovd rbx, k3
  test rbx, rbx
  jne b33
b35:
  vdivps zmm31, zmm30, zmm1
  vdivps zmm0, zmm0, zmm1
  mov rbx, [rdi + 40]
  mov r13, rsi
  imul r13, rbx
  lea rbx, [r13 + r12*1]
  mov r13, [rdi + 8]
  vmovdqu32 [r13 + rbx*4], zmm31
  vmovdqu32 [r13 + rbx*4 + 64], zmm0
  lea r12, [r12 + 32]
  cmp r12, r10
  jl b29
b30:
  test r11, r11
  je b40
b38:
  mov rbx, -1
  bzhi r11, rbx, r11
  kmovq k2, r11
  kshiftrq k1, k2, 16
  vmovdqu32 zmm2{k2}{z}, [r9 + r10*4]
  vmovdqu32 zmm0{k1}{z}, [r9 + r10*4 + 64]
  vsubps zmm2, zmm2, zmm9
  vsubps zmm3, zmm0, zmm9
  vminps zmm5, zmm2, [const 0x42b17217]{1to16}
  vminps zmm7, zmm3, [const 0x42b17217]{1to16}
  vmaxps zmm9, zmm5, [const 0xc2aeac4f]{1to16}
  vmaxps zmm11, zmm7, [const 0xc2aeac4f]{1to16}
  vcmpps k2, zmm9, zmm2, 4
  vcmpps k1, zmm11, zmm3, 4
  vpbroadcastd zmm17, [const 0x3fb8aa3b]
  vmovdqa64 zmm19, zmm2
  vfmadd213ps zmm19, zmm17, [const 0x4b400000]{1to16}
  vmovdqa64 zmm21, zmm3
  vfmadd213ps zmm21, zmm17, [const 0x4b400000]{1to16}
  vsubps zmm23, zmm19, [const 0x4b400000]{1to16}
  vsubps zmm25, zmm21, [const 0x4b400000]{1to16}
  vmovdqa64 zmm27, zmm2
  vfmadd231ps zmm27, zmm23, [const 0xbf317218]{1to16}
  vmovdqa64 zmm29, zmm3
  vfmadd231ps zmm29, zmm25, [const 0xbf317218]{1to16}
  vmulps zmm31, zmm23, [const 0x3102e308]{1to16}
  vmulps zmm0, zmm25, [const 0x3102e308]{1to16}
  vaddps zmm7, zmm27, zmm31
  vaddps zmm6, zmm29, zmm0
  vmulps zmm5, zmm7, zmm7
  vmulps zmm4, zmm6, zmm6
  vpbroadcastd zmm10, [const 0x3ab7f82b]
  vmovdqa64 zmm9, zmm5
  vfmadd213ps zmm9, zmm10, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm8, zmm4
  vfmadd213ps zmm8, zmm10, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm9, zmm5, [const 0x3f000000]{1to16}
  vfmadd213ps zmm8, zmm4, [const 0x3f000000]{1to16}
  vpbroadcastd zmm12, [const 0x3c092be8]
  vmovdqa64 zmm11, zmm5
  vfmadd213ps zmm11, zmm12, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm10, zmm4
  vfmadd213ps zmm10, zmm12, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm11, zmm7, zmm9
  vfmadd213ps zmm10, zmm6, zmm8
  vfmadd213ps zmm11, zmm5, zmm31
  vfmadd213ps zmm10, zmm4, zmm0
  vaddps zmm4, zmm27, zmm11
  vaddps zmm6, zmm29, zmm10
  vaddps zmm8, zmm4, [const 0x3f800000]{1to16}
  vaddps zmm10, zmm6, [const 0x3f800000]{1to16}
  vpslld zmm12, zmm19, 23
  vpslld zmm14, zmm21, 23
  vpaddd zmm12, zmm8, zmm12
  vpaddd zmm14, zmm10, zmm14
  kunpckwd k3, k1, k2
  kmovd r9, k3
  test r9, r9
  jne b41
b43:
  vdivps zmm13, zmm12, zmm1
  vdivps zmm15, zmm14, zmm1
  mov r9, [rdi + 40]
  mov rbx, rsi
  imul rbx, r9
  lea r9, [rbx + r10*1]
  mov r10, [rdi + 8]
  kmovq k2, r11
  kshiftrq k1, k2, 16
  vmovdqu32 [r10 + r9*4]{k2}, zmm13
  vmovdqu32 [r10 + r9*4 + 64]{k1}, zmm15
b40:
  lea rsi, [rsi + 1]
  cmp rsi, rcx
  jl b1
b2:
  vzeroupper
  pop r14
  pop r13
  pop r12
  pop rbx
  pop rbp; ret
b18:
  vpbroadcastd zmm6, [const 0x42b20000]
  vminps zmm5, zmm6, zmm31
  vminps zmm4, zmm6, zmm4
  vpbroadcastd zmm6, [const 0xc2d00000]
  vmaxps zmm8, zmm6, zmm5
  vmaxps zmm11, zmm6, zmm4
  vpbroadcastd zmm5, [const 0x3fb8aa3b]
  vmovdqa64 zmm7, zmm8
  vfmadd213ps zmm7, zmm5, [const 0x4b400000]{1to16}
  vmovdqa64 zmm10, zmm11
  vfmadd213ps zmm10, zmm5, [const 0x4b400000]{1to16}
  vsubps zmm12, zmm7, [const 0x4b400000]{1to16}
  vsubps zmm13, zmm10, [const 0x4b400000]{1to16}
  vfmadd231ps zmm8, zmm12, [const 0xbf317218]{1to16}
  vfmadd231ps zmm11, zmm13, [const 0xbf317218]{1to16}
  vmulps zmm19, zmm12, [const 0x3102e308]{1to16}
  vmulps zmm21, zmm13, [const 0x3102e308]{1to16}
  vaddps zmm23, zmm8, zmm19
  vaddps zmm25, zmm11, zmm21
  vmulps zmm27, zmm23, zmm23
  vmulps zmm29, zmm25, zmm25
  vpbroadcastd zmm31, [const 0x3ab7f82b]
  vmovdqa64 zmm5, zmm27
  vfmadd213ps zmm5, zmm31, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm4, zmm29
  vfmadd213ps zmm4, zmm31, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm5, zmm27, [const 0x3f000000]{1to16}
  vfmadd213ps zmm4, zmm29, [const 0x3f000000]{1to16}
  vpbroadcastd zmm13, [const 0x3c092be8]
  vmovdqa64 zmm12, zmm27
  vfmadd213ps zmm12, zmm13, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm6, zmm29
  vfmadd213ps zmm6, zmm13, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm12, zmm23, zmm5
  vfmadd213ps zmm6, zmm25, zmm4
  vfmadd213ps zmm12, zmm27, zmm19
  vfmadd213ps zmm6, zmm29, zmm21
  vaddps zmm5, zmm8, zmm12
  vaddps zmm4, zmm11, zmm6
  vaddps zmm5, zmm5, [const 0x3f800000]{1to16}
  vaddps zmm4, zmm4, [const 0x3f800000]{1to16}
  vpsubd zmm8, zmm7, [const 0x4b400000]{1to16}
  vpsubd zmm10, zmm10, [const 0x4b400000]{1to16}
  vpsrad zmm7, zmm8, 1
  vpsrad zmm6, zmm10, 1
  vpsubd zmm8, zmm8, zmm7
  vpsubd zmm10, zmm10, zmm6
  vpaddd zmm12, zmm7, [const 0x0000007f]{1to16}
  vpaddd zmm14, zmm6, [const 0x0000007f]{1to16}
  vpslld zmm16, zmm12, 23
  vpslld zmm18, zmm14, 23
  vpaddd zmm20, zmm8, [const 0x0000007f]{1to16}
  vpaddd zmm22, zmm10, [const 0x0000007f]{1to16}
  vpslld zmm24, zmm20, 23
  vpslld zmm26, zmm22, 23
  vmulps zmm28, zmm5, zmm16
  vmulps zmm30, zmm4, zmm18
  vmulps zmm5, zmm28, zmm24
  vmulps zmm4, zmm30, zmm26
  vblendmps zmm3{k2}, zmm3, zmm5
  vblendmps zmm2{k1}, zmm2, zmm4
  jmp b20
b26:
  vpbroadcastd zmm2, [const 0x42b20000]
  vminps zmm3, zmm2, zmm13
  vminps zmm2, zmm2, zmm15
  vpbroadcastd zmm4, [const 0xc2d00000]
  vmaxps zmm5, zmm4, zmm3
  vmaxps zmm4, zmm4, zmm2
  vpbroadcastd zmm6, [const 0x3fb8aa3b]
  vmovdqa64 zmm3, zmm5
  vfmadd213ps zmm3, zmm6, [const 0x4b400000]{1to16}
  vmovdqa64 zmm2, zmm4
  vfmadd213ps zmm2, zmm6, [const 0x4b400000]{1to16}
  vsubps zmm7, zmm3, [const 0x4b400000]{1to16}
  vsubps zmm6, zmm2, [const 0x4b400000]{1to16}
  vfmadd231ps zmm5, zmm7, [const 0xbf317218]{1to16}
  vfmadd231ps zmm4, zmm6, [const 0xbf317218]{1to16}
  vmulps zmm7, zmm7, [const 0x3102e308]{1to16}
  vmulps zmm6, zmm6, [const 0x3102e308]{1to16}
  vaddps zmm12, zmm5, zmm7
  vaddps zmm8, zmm4, zmm6
  vmulps zmm10, zmm12, zmm12
  vmulps zmm11, zmm8, zmm8
  vpbroadcastd zmm13, [const 0x3ab7f82b]
  vmovdqa64 zmm17, zmm10
  vfmadd213ps zmm17, zmm13, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm19, zmm11
  vfmadd213ps zmm19, zmm13, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm17, zmm10, [const 0x3f000000]{1to16}
  vfmadd213ps zmm19, zmm11, [const 0x3f000000]{1to16}
  vpbroadcastd zmm23, [const 0x3c092be8]
  vmovdqa64 zmm29, zmm10
  vfmadd213ps zmm29, zmm23, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm31, zmm11
  vfmadd213ps zmm31, zmm23, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm29, zmm12, zmm17
  vfmadd213ps zmm31, zmm8, zmm19
  vfmadd213ps zmm29, zmm10, zmm7
  vfmadd213ps zmm31, zmm11, zmm6
  vaddps zmm5, zmm5, zmm29
  vaddps zmm4, zmm4, zmm31
  vaddps zmm5, zmm5, [const 0x3f800000]{1to16}
  vaddps zmm4, zmm4, [const 0x3f800000]{1to16}
  vpsubd zmm7, zmm3, [const 0x4b400000]{1to16}
  vpsubd zmm6, zmm2, [const 0x4b400000]{1to16}
  vpsrad zmm3, zmm7, 1
  vpsrad zmm2, zmm6, 1
  vpsubd zmm7, zmm7, zmm3
  vpsubd zmm6, zmm6, zmm2
  vpaddd zmm3, zmm3, [const 0x0000007f]{1to16}
  vpaddd zmm2, zmm2, [const 0x0000007f]{1to16}
  vpslld zmm3, zmm3, 23
  vpslld zmm2, zmm2, 23
  vpaddd zmm8, zmm7, [const 0x0000007f]{1to16}
  vpaddd zmm7, zmm6, [const 0x0000007f]{1to16}
  vpslld zmm6, zmm8, 23
  vpslld zmm8, zmm7, 23
  vmulps zmm10, zmm5, zmm3
  vmulps zmm12, zmm4, zmm2
  vmulps zmm14, zmm10, zmm6
  vmulps zmm16, zmm12, zmm8
  vblendmps zmm24{k2}, zmm24, zmm14
  vblendmps zmm26{k1}, zmm26, zmm16
  jmp b28
b33:
  vpbroadcastd zmm2, [const 0x42b20000]
  vminps zmm3, zmm2, zmm19
  vminps zmm2, zmm2, zmm21
  vpbroadcastd zmm4, [const 0xc2d00000]
  vmaxps zmm5, zmm4, zmm3
  vmaxps zmm4, zmm4, zmm2
  vpbroadcastd zmm6, [const 0x3fb8aa3b]
  vmovdqa64 zmm3, zmm5
  vfmadd213ps zmm3, zmm6, [const 0x4b400000]{1to16}
  vmovdqa64 zmm2, zmm4
  vfmadd213ps zmm2, zmm6, [const 0x4b400000]{1to16}
  vsubps zmm7, zmm3, [const 0x4b400000]{1to16}
  vsubps zmm6, zmm2, [const 0x4b400000]{1to16}
  vfmadd231ps zmm5, zmm7, [const 0xbf317218]{1to16}
  vfmadd231ps zmm4, zmm6, [const 0xbf317218]{1to16}
  vmulps zmm7, zmm7, [const 0x3102e308]{1to16}
  vmulps zmm10, zmm6, [const 0x3102e308]{1to16}
  vaddps zmm11, zmm5, zmm7
  vaddps zmm13, zmm4, zmm10
  vmulps zmm15, zmm11, zmm11
  vmulps zmm17, zmm13, zmm13
  vpbroadcastd zmm19, [const 0x3ab7f82b]
  vmovdqa64 zmm23, zmm15
  vfmadd213ps zmm23, zmm19, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm25, zmm17
  vfmadd213ps zmm25, zmm19, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm23, zmm15, [const 0x3f000000]{1to16}
  vfmadd213ps zmm25, zmm17, [const 0x3f000000]{1to16}
  vpbroadcastd zmm29, [const 0x3c092be8]
  vmovdqa64 zmm8, zmm15
  vfmadd213ps zmm8, zmm29, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm6, zmm17
  vfmadd213ps zmm6, zmm29, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm8, zmm11, zmm23
  vfmadd213ps zmm6, zmm13, zmm25
  vfmadd213ps zmm8, zmm15, zmm7
  vfmadd213ps zmm6, zmm17, zmm10
  vaddps zmm5, zmm5, zmm8
  vaddps zmm4, zmm4, zmm6
  vaddps zmm5, zmm5, [const 0x3f800000]{1to16}
  vaddps zmm4, zmm4, [const 0x3f800000]{1to16}
  vpsubd zmm3, zmm3, [const 0x4b400000]{1to16}
  vpsubd zmm2, zmm2, [const 0x4b400000]{1to16}
  vpsrad zmm7, zmm3, 1
  vpsrad zmm6, zmm2, 1
  vpsubd zmm3, zmm3, zmm7
  vpsubd zmm2, zmm2, zmm6
  vpaddd zmm7, zmm7, [const 0x0000007f]{1to16}
  vpaddd zmm6, zmm6, [const 0x0000007f]{1to16}
  vpslld zmm7, zmm7, 23
  vpslld zmm6, zmm6, 23
  vpaddd zmm8, zmm3, [const 0x0000007f]{1to16}
  vpaddd zmm10, zmm2, [const 0x0000007f]{1to16}
  vpslld zmm12, zmm8, 23
  vpslld zmm14, zmm10, 23
  vmulps zmm16, zmm5, zmm7
  vmulps zmm18, zmm4, zmm6
  vmulps zmm20, zmm16, zmm12
  vmulps zmm22, zmm18, zmm14
  vblendmps zmm30{k2}, zmm30, zmm20
  vblendmps zmm0{k1}, zmm0, zmm22
  jmp b35
b41:
  vpbroadcastd zmm26, [const 0x42b20000]
  vminps zmm28, zmm26, zmm2
  vminps zmm30, zmm26, zmm3
  vpbroadcastd zmm0, [const 0xc2d00000]
  vmaxps zmm4, zmm0, zmm28
  vmaxps zmm3, zmm0, zmm30
  vpbroadcastd zmm5, [const 0x3fb8aa3b]
  vmovdqa64 zmm2, zmm4
  vfmadd213ps zmm2, zmm5, [const 0x4b400000]{1to16}
  vmovdqa64 zmm0, zmm3
  vfmadd213ps zmm0, zmm5, [const 0x4b400000]{1to16}
  vsubps zmm6, zmm2, [const 0x4b400000]{1to16}
  vsubps zmm5, zmm0, [const 0x4b400000]{1to16}
  vfmadd231ps zmm4, zmm6, [const 0xbf317218]{1to16}
  vfmadd231ps zmm3, zmm5, [const 0xbf317218]{1to16}
  vmulps zmm6, zmm6, [const 0x3102e308]{1to16}
  vmulps zmm5, zmm5, [const 0x3102e308]{1to16}
  vaddps zmm10, zmm4, zmm6
  vaddps zmm9, zmm3, zmm5
  vmulps zmm8, zmm10, zmm10
  vmulps zmm7, zmm9, zmm9
  vpbroadcastd zmm15, [const 0x3ab7f82b]
  vmovdqa64 zmm13, zmm8
  vfmadd213ps zmm13, zmm15, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm11, zmm7
  vfmadd213ps zmm11, zmm15, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm13, zmm8, [const 0x3f000000]{1to16}
  vfmadd213ps zmm11, zmm7, [const 0x3f000000]{1to16}
  vpbroadcastd zmm15, [const 0x3c092be8]
  vmovdqa64 zmm17, zmm8
  vfmadd213ps zmm17, zmm15, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm19, zmm7
  vfmadd213ps zmm19, zmm15, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm17, zmm10, zmm13
  vfmadd213ps zmm19, zmm9, zmm11
  vfmadd213ps zmm17, zmm8, zmm6
  vfmadd213ps zmm19, zmm7, zmm5
  vaddps zmm25, zmm4, zmm17
  vaddps zmm27, zmm3, zmm19
  vaddps zmm29, zmm25, [const 0x3f800000]{1to16}
  vaddps zmm31, zmm27, [const 0x3f800000]{1to16}
  vpsubd zmm4, zmm2, [const 0x4b400000]{1to16}
  vpsubd zmm3, zmm0, [const 0x4b400000]{1to16}
  vpsrad zmm2, zmm4, 1
  vpsrad zmm0, zmm3, 1
  vpsubd zmm4, zmm4, zmm2
  vpsubd zmm3, zmm3, zmm0
  vpaddd zmm2, zmm2, [const 0x0000007f]{1to16}
  vpaddd zmm0, zmm0, [const 0x0000007f]{1to16}
  vpslld zmm2, zmm2, 23
  vpslld zmm0, zmm0, 23
  vpaddd zmm4, zmm4, [const 0x0000007f]{1to16}
  vpaddd zmm3, zmm3, [const 0x0000007f]{1to16}
  vpslld zmm4, zmm4, 23
  vpslld zmm3, zmm3, 23
  vmulps zmm2, zmm29, zmm2
  vmulps zmm0, zmm31, zmm0
  vmulps zmm2, zmm2, zmm4
  vmulps zmm4, zmm0, zmm3
  vblendmps zmm12{k2}, zmm12, zmm2
  vblendmps zmm14{k1}, zmm14, zmm4
  jmp b43

