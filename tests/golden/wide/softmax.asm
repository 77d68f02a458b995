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
  mov r10, [rdi + 24]
  vpbroadcastd zmm21, [const 0xff800000]
  xor r11, r11
  cmp r11, r10
  jge b6
b5:
  mov r12, r10
  sub r12, r11
  mov rbx, 8192
  cmp+cmovg r12, rbx
  mov rbx, r12
  and rbx, 31
  mov r13, r12
  sub r13, rbx
  lea r13, [r11 + r13*1]
  vpbroadcastd zmm19, [const 0xff800000]
  kxorq k1, k1, k1
  cmp r11, r13
  jl b11
b12:
  vmovdqa64 zmm25, zmm19
  jmp b10
b11:
  mov r14, r11
  vmovdqa64 zmm25, zmm19
b9:
  vmovdqu32 zmm1, [r9 + r14*4]
  vmovdqu32 zmm0, [r9 + r14*4 + 64]
  vcmpps k2, zmm1, zmm1, 4
  vcmpps k3, zmm0, zmm0, 4
  kunpckwd k2, k3, k2
  korq k1, k1, k2
  vmaxps zmm19, zmm19, zmm1
  vmaxps zmm25, zmm25, zmm0
  lea r14, [r14 + 32]
  cmp r14, r13
  jl b9
b10:
  test rbx, rbx
  je b17
b15:
  xor r14, r14
  cmp+cmovl rbx, r14
  mov r14, 32
  cmp+cmovg rbx, r14
  mov r14, -1
  bzhi r14, r14, rbx
  kmovq k3, r14
  kshiftrq k2, k3, 16
  vmovdqu32 zmm29{k3}{z}, [r9 + r13*4]
  vmovdqu32 zmm31{k2}{z}, [r9 + r13*4 + 64]
  vcmpps k2, zmm29, zmm29, 4
  vcmpps k3, zmm31, zmm31, 4
  kunpckwd k2, k3, k2
  korq k2, k1, k2
  vmaxps zmm1, zmm19, zmm29
  vmaxps zmm0, zmm25, zmm31
  mov r13, -1
  bzhi rbx, r13, rbx
  kmovq k3, rbx
  kshiftrq k4, k3, 16
  vblendmps zmm19{k3}, zmm19, zmm1
  vblendmps zmm25{k4}, zmm25, zmm0
  kandq k2, k3, k2
  kandnq k1, k3, k1
  korq k1, k2, k1
b17:
  kshiftrq k4, k1, 16
  vmaxps zmm6, zmm19, zmm25
  vpandd zmm8, zmm19, zmm25
  vcmpps k2, zmm19, zmm25, 0
  vblendmps zmm12{k2}, zmm6, zmm8
  vcmpps k2, zmm19, zmm19, 4
  vblendmps zmm16{k2}, zmm12, zmm19
  korq k1, k1, k4
  vextracti64x4 ymm20, zmm16, 1
  kshiftrq k2, k1, 8
  vmaxps ymm24, ymm16, ymm20
  vpandd ymm26, ymm16, ymm20
  vcmpps k3, ymm16, ymm20, 0
  vblendmps ymm30{k3}, ymm24, ymm26
  vcmpps k3, ymm16, ymm16, 4
  vblendmps ymm0{k3}, ymm30, ymm16
  korq k1, k1, k2
  vextracti64x2 xmm1, zmm0, 1
  kshiftrq k2, k1, 4
  vmaxps xmm2, xmm0, xmm1
  vpandd xmm3, xmm0, xmm1
  vcmpps k3, xmm0, xmm1, 0
  vblendmps xmm1{k3}, xmm2, xmm3
  vcmpps k3, xmm0, xmm0, 4
  vblendmps xmm0{k3}, xmm1, xmm0
  korq k1, k1, k2
  vpsrldq xmm1, xmm0, 8
  kshiftrq k2, k1, 2
  vmaxps xmm2, xmm0, xmm1
  vpandd xmm3, xmm0, xmm1
  vcmpps k3, xmm0, xmm1, 0
  vblendmps xmm3{k3}, xmm2, xmm3
  vcmpps k5, xmm0, xmm0, 4
  vblendmps xmm7{k5}, xmm3, xmm0
  korq k1, k1, k2
  vpsrldq xmm11, xmm7, 4
  vpbroadcastd zmm13, xmm7
  vpbroadcastd zmm15, xmm11
  kshiftrq k2, k1, 1
  vmaxps zmm19, zmm13, zmm15
  vpandd zmm22, zmm13, zmm15
  vcmpps k3, zmm13, zmm15, 0
  vblendmps zmm25{k3}, zmm19, zmm22
  vcmpps k3, zmm13, zmm13, 4
  vblendmps zmm0{k3}, zmm25, zmm13
  korq k1, k1, k2
  vcmpps k2, zmm0, [const 0x00000000]{1to16}, 0
  korq k1, k1, k2
  kmovd rbx, k1
  and rbx, 1
  test rbx, rbx
  jne b18
b20:
  vmaxps zmm1, zmm21, zmm0
  vpandd zmm2, zmm21, zmm0
  vcmpps k1, zmm21, zmm0, 0
  vblendmps zmm0{k1}, zmm1, zmm2
  vcmpps k1, zmm21, zmm21, 4
  vblendmps zmm21{k1}, zmm0, zmm21
  lea r11, [r11 + 8192]
  cmp r11, r10
  jl b5
b6:
  mov r11, [rdi + 24]
  mov r10, r11
  and r10, 31
  sub r11, r10
  vpxord zmm0, zmm0, zmm0
  xor rbx, rbx
  cmp rbx, r11
  jl b34
b35:
  vmovdqa64 zmm1, zmm0
  jmp b33
b34:
  vmovdqa64 zmm1, zmm0
b32:
  vmovdqu32 zmm9, [r9 + rbx*4]
  vmovdqu32 zmm11, [r9 + rbx*4 + 64]
  vsubps zmm13, zmm9, zmm21
  vsubps zmm15, zmm11, zmm21
  vminps zmm17, zmm13, [const 0x42b17217]{1to16}
  vminps zmm19, zmm15, [const 0x42b17217]{1to16}
  vmaxps zmm22, zmm17, [const 0xc2aeac4f]{1to16}
  vmaxps zmm23, zmm19, [const 0xc2aeac4f]{1to16}
  vcmpps k2, zmm22, zmm13, 4
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
  vaddps zmm10, zmm4, zmm6
  vaddps zmm9, zmm3, zmm5
  vmulps zmm8, zmm10, zmm10
  vmulps zmm7, zmm9, zmm9
  vpbroadcastd zmm14, [const 0x3ab7f82b]
  vmovdqa64 zmm12, zmm8
  vfmadd213ps zmm12, zmm14, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm11, zmm7
  vfmadd213ps zmm11, zmm14, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm12, zmm8, [const 0x3f000000]{1to16}
  vfmadd213ps zmm11, zmm7, [const 0x3f000000]{1to16}
  vpbroadcastd zmm17, [const 0x3c092be8]
  vmovdqa64 zmm16, zmm8
  vfmadd213ps zmm16, zmm17, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm14, zmm7
  vfmadd213ps zmm14, zmm17, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm16, zmm10, zmm12
  vfmadd213ps zmm14, zmm9, zmm11
  vfmadd213ps zmm16, zmm8, zmm6
  vfmadd213ps zmm14, zmm7, zmm5
  vaddps zmm16, zmm4, zmm16
  vaddps zmm18, zmm3, zmm14
  vaddps zmm20, zmm16, [const 0x3f800000]{1to16}
  vaddps zmm22, zmm18, [const 0x3f800000]{1to16}
  vpslld zmm24, zmm31, 23
  vpslld zmm26, zmm2, 23
  vpaddd zmm24, zmm20, zmm24
  vpaddd zmm26, zmm22, zmm26
  kunpckwd k3, k1, k2
  kmovd r12, k3
  test r12, r12
  jne b36
b38:
  vaddps zmm0, zmm0, zmm24
  vaddps zmm1, zmm1, zmm26
  lea rbx, [rbx + 32]
  cmp rbx, r11
  jl b32
b33:
  test r10, r10
  je b43
b41:
  xor rbx, rbx
  cmp+cmovl r10, rbx
  mov rbx, 32
  cmp+cmovg r10, rbx
  mov rbx, -1
  bzhi rbx, rbx, r10
  kmovq k2, rbx
  kshiftrq k1, k2, 16
  vmovdqu32 zmm3{k2}{z}, [r9 + r11*4]
  vmovdqu32 zmm2{k1}{z}, [r9 + r11*4 + 64]
  vsubps zmm3, zmm3, zmm21
  vsubps zmm2, zmm2, zmm21
  vminps zmm4, zmm3, [const 0x42b17217]{1to16}
  vminps zmm5, zmm2, [const 0x42b17217]{1to16}
  vmaxps zmm4, zmm4, [const 0xc2aeac4f]{1to16}
  vmaxps zmm5, zmm5, [const 0xc2aeac4f]{1to16}
  vcmpps k7, zmm4, zmm3, 4
  vcmpps k1, zmm5, zmm2, 4
  vpbroadcastd zmm11, [const 0x3fb8aa3b]
  vmovdqa64 zmm13, zmm3
  vfmadd213ps zmm13, zmm11, [const 0x4b400000]{1to16}
  vmovdqa64 zmm15, zmm2
  vfmadd213ps zmm15, zmm11, [const 0x4b400000]{1to16}
  vsubps zmm17, zmm13, [const 0x4b400000]{1to16}
  vsubps zmm19, zmm15, [const 0x4b400000]{1to16}
  vmovdqa64 zmm22, zmm3
  vfmadd231ps zmm22, zmm17, [const 0xbf317218]{1to16}
  vmovdqa64 zmm23, zmm2
  vfmadd231ps zmm23, zmm19, [const 0xbf317218]{1to16}
  vmulps zmm25, zmm17, [const 0x3102e308]{1to16}
  vmulps zmm27, zmm19, [const 0x3102e308]{1to16}
  vaddps zmm29, zmm22, zmm25
  vaddps zmm31, zmm23, zmm27
  vmulps zmm5, zmm29, zmm29
  vmulps zmm4, zmm31, zmm31
  vpbroadcastd zmm8, [const 0x3ab7f82b]
  vmovdqa64 zmm7, zmm5
  vfmadd213ps zmm7, zmm8, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm6, zmm4
  vfmadd213ps zmm6, zmm8, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm7, zmm5, [const 0x3f000000]{1to16}
  vfmadd213ps zmm6, zmm4, [const 0x3f000000]{1to16}
  vpbroadcastd zmm10, [const 0x3c092be8]
  vmovdqa64 zmm9, zmm5
  vfmadd213ps zmm9, zmm10, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm8, zmm4
  vfmadd213ps zmm8, zmm10, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm9, zmm29, zmm7
  vfmadd213ps zmm8, zmm31, zmm6
  vfmadd213ps zmm9, zmm5, zmm25
  vfmadd213ps zmm8, zmm4, zmm27
  vaddps zmm5, zmm22, zmm9
  vaddps zmm4, zmm23, zmm8
  vaddps zmm5, zmm5, [const 0x3f800000]{1to16}
  vaddps zmm4, zmm4, [const 0x3f800000]{1to16}
  vpslld zmm6, zmm13, 23
  vpslld zmm8, zmm15, 23
  vpaddd zmm6, zmm5, zmm6
  vpaddd zmm8, zmm4, zmm8
  kunpckwd k2, k1, k7
  kmovd r11, k2
  test r11, r11
  jne b44
b46:
  vaddps zmm7, zmm0, zmm6
  vaddps zmm9, zmm1, zmm8
  mov r11, -1
  bzhi r10, r11, r10
  kmovq k2, r10
  kshiftrq k1, k2, 16
  vblendmps zmm0{k2}, zmm0, zmm7
  vblendmps zmm1{k1}, zmm1, zmm9
b43:
  vaddps zmm26, zmm0, zmm1
  vextracti64x4 ymm28, zmm26, 1
  vaddps ymm30, ymm26, ymm28
  vextracti64x2 xmm0, zmm30, 1
  vaddps xmm0, xmm30, xmm0
  vpsrldq xmm1, xmm0, 8
  vaddps xmm0, xmm0, xmm1
  vpsrldq xmm1, xmm0, 4
  vpbroadcastd zmm0, xmm0
  vpbroadcastd zmm1, xmm1
  vaddps zmm0, zmm0, zmm1
  mov r10, [rdi + 24]
  mov r11, r10
  and r11, 31
  sub r10, r11
  xor rbx, rbx
  cmp rbx, r10
  jge b48
b47:
  vmovdqu32 zmm1, [r9 + rbx*4]
  vmovdqu32 zmm2, [r9 + rbx*4 + 64]
  vsubps zmm1, zmm1, zmm21
  vsubps zmm3, zmm2, zmm21
  vminps zmm5, zmm1, [const 0x42b17217]{1to16}
  vminps zmm7, zmm3, [const 0x42b17217]{1to16}
  vmaxps zmm9, zmm5, [const 0xc2aeac4f]{1to16}
  vmaxps zmm11, zmm7, [const 0xc2aeac4f]{1to16}
  vcmpps k2, zmm9, zmm1, 4
  vcmpps k1, zmm11, zmm3, 4
  vpbroadcastd zmm17, [const 0x3fb8aa3b]
  vmovdqa64 zmm19, zmm1
  vfmadd213ps zmm19, zmm17, [const 0x4b400000]{1to16}
  vmovdqa64 zmm22, zmm3
  vfmadd213ps zmm22, zmm17, [const 0x4b400000]{1to16}
  vsubps zmm23, zmm19, [const 0x4b400000]{1to16}
  vsubps zmm25, zmm22, [const 0x4b400000]{1to16}
  vmovdqa64 zmm27, zmm1
  vfmadd231ps zmm27, zmm23, [const 0xbf317218]{1to16}
  vmovdqa64 zmm29, zmm3
  vfmadd231ps zmm29, zmm25, [const 0xbf317218]{1to16}
  vmulps zmm31, zmm23, [const 0x3102e308]{1to16}
  vmulps zmm2, zmm25, [const 0x3102e308]{1to16}
  vaddps zmm7, zmm27, zmm31
  vaddps zmm6, zmm29, zmm2
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
  vfmadd213ps zmm10, zmm4, zmm2
  vaddps zmm4, zmm27, zmm11
  vaddps zmm6, zmm29, zmm10
  vaddps zmm8, zmm4, [const 0x3f800000]{1to16}
  vaddps zmm10, zmm6, [const 0x3f800000]{1to16}
  vpslld zmm12, zmm19, 23
  vpslld zmm14, zmm22, 23
  vpaddd zmm12, zmm8, zmm12
  vpaddd zmm14, zmm10, zmm14
  kunpckwd k3, k1, k2
  kmovd r12, k3
  test r12, r12
  jne b51
b53:
  vdivps zmm13, zmm12, zmm0
  vdivps zmm15, zmm14, zmm0
  mov r12, [rdi + 40]
  mov r13, rsi
  imul r13, r12
  lea r12, [r13 + rbx*1]
  mov r13, [rdi + 8]
  vmovdqu32 [r13 + r12*4], zmm13
  vmovdqu32 [r13 + r12*4 + 64], zmm15
  lea rbx, [rbx + 32]
  cmp rbx, r10
  jl b47
b48:
  test r11, r11
  je b58
b56:
  mov rbx, -1
  bzhi r11, rbx, r11
  kmovq k2, r11
  kshiftrq k1, k2, 16
  vmovdqu32 zmm2{k2}{z}, [r9 + r10*4]
  vmovdqu32 zmm1{k1}{z}, [r9 + r10*4 + 64]
  vsubps zmm4, zmm2, zmm21
  vsubps zmm3, zmm1, zmm21
  vminps zmm2, zmm4, [const 0x42b17217]{1to16}
  vminps zmm1, zmm3, [const 0x42b17217]{1to16}
  vmaxps zmm2, zmm2, [const 0xc2aeac4f]{1to16}
  vmaxps zmm1, zmm1, [const 0xc2aeac4f]{1to16}
  vcmpps k2, zmm2, zmm4, 4
  vcmpps k1, zmm1, zmm3, 4
  vpbroadcastd zmm2, [const 0x3fb8aa3b]
  vmovdqa64 zmm1, zmm4
  vfmadd213ps zmm1, zmm2, [const 0x4b400000]{1to16}
  vmovdqa64 zmm5, zmm3
  vfmadd213ps zmm5, zmm2, [const 0x4b400000]{1to16}
  vsubps zmm6, zmm1, [const 0x4b400000]{1to16}
  vsubps zmm7, zmm5, [const 0x4b400000]{1to16}
  vmovdqa64 zmm9, zmm4
  vfmadd231ps zmm9, zmm6, [const 0xbf317218]{1to16}
  vmovdqa64 zmm11, zmm3
  vfmadd231ps zmm11, zmm7, [const 0xbf317218]{1to16}
  vmulps zmm13, zmm6, [const 0x3102e308]{1to16}
  vmulps zmm15, zmm7, [const 0x3102e308]{1to16}
  vaddps zmm17, zmm9, zmm13
  vaddps zmm19, zmm11, zmm15
  vmulps zmm21, zmm17, zmm17
  vmulps zmm23, zmm19, zmm19
  vpbroadcastd zmm25, [const 0x3ab7f82b]
  vmovdqa64 zmm29, zmm21
  vfmadd213ps zmm29, zmm25, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm31, zmm23
  vfmadd213ps zmm31, zmm25, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm29, zmm21, [const 0x3f000000]{1to16}
  vfmadd213ps zmm31, zmm23, [const 0x3f000000]{1to16}
  vpbroadcastd zmm7, [const 0x3c092be8]
  vmovdqa64 zmm6, zmm21
  vfmadd213ps zmm6, zmm7, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm2, zmm23
  vfmadd213ps zmm2, zmm7, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm6, zmm17, zmm29
  vfmadd213ps zmm2, zmm19, zmm31
  vfmadd213ps zmm6, zmm21, zmm13
  vfmadd213ps zmm2, zmm23, zmm15
  vaddps zmm7, zmm9, zmm6
  vaddps zmm6, zmm11, zmm2
  vaddps zmm2, zmm7, [const 0x3f800000]{1to16}
  vaddps zmm6, zmm6, [const 0x3f800000]{1to16}
  vpslld zmm7, zmm1, 23
  vpslld zmm1, zmm5, 23
  vpaddd zmm2, zmm2, zmm7
  vpaddd zmm1, zmm6, zmm1
  kunpckwd k3, k1, k2
  kmovd r9, k3
  test r9, r9
  jne b59
b61:
  vdivps zmm2, zmm2, zmm0
  vdivps zmm0, zmm1, zmm0
  mov r9, [rdi + 40]
  mov rbx, rsi
  imul rbx, r9
  lea r9, [rbx + r10*1]
  mov r10, [rdi + 8]
  kmovq k7, r11
  kshiftrq k1, k7, 16
  vmovdqu32 [r10 + r9*4]{k7}, zmm2
  vmovdqu32 [r10 + r9*4 + 64]{k1}, zmm0
b58:
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
  mov r13, r12
  and r13, 31
  sub r12, r13
  lea rbx, [r11 + r12*1]
  vpbroadcastd zmm0, [const 0xff800000]
  cmp r11, rbx
  jl b23
b24:
  vmovdqa64 zmm1, zmm0
  jmp b22
b23:
  mov r12, r11
  vmovdqa64 zmm1, zmm0
b21:
  vmovdqu32 zmm5, [r9 + r12*4]
  vmovdqu32 zmm4, [r9 + r12*4 + 64]
  vmaxps zmm3, zmm0, zmm5
  vmaxps zmm2, zmm1, zmm4
  vpandd zmm7, zmm0, zmm5
  vpandd zmm6, zmm1, zmm4
  vcmpps k6, zmm0, zmm5, 0
  vcmpps k1, zmm1, zmm4, 0
  vblendmps zmm10{k6}, zmm3, zmm7
  vblendmps zmm12{k1}, zmm2, zmm6
  vcmpps k2, zmm0, zmm0, 4
  vcmpps k1, zmm1, zmm1, 4
  vblendmps zmm0{k2}, zmm10, zmm0
  vblendmps zmm1{k1}, zmm12, zmm1
  lea r12, [r12 + 32]
  cmp r12, rbx
  jl b21
b22:
  test r13, r13
  je b29
b27:
  xor r12, r12
  cmp+cmovl r13, r12
  mov r12, 32
  cmp+cmovg r13, r12
  mov r12, -1
  bzhi r12, r12, r13
  kmovq k2, r12
  kshiftrq k1, k2, 16
  vmovdqu32 zmm5{k2}{z}, [r9 + rbx*4]
  vmovdqu32 zmm4{k1}{z}, [r9 + rbx*4 + 64]
  vmaxps zmm3, zmm0, zmm5
  vmaxps zmm2, zmm1, zmm4
  vpandd zmm7, zmm0, zmm5
  vpandd zmm6, zmm1, zmm4
  vcmpps k2, zmm0, zmm5, 0
  vcmpps k1, zmm1, zmm4, 0
  vblendmps zmm3{k2}, zmm3, zmm7
  vblendmps zmm2{k1}, zmm2, zmm6
  vcmpps k4, zmm0, zmm0, 4
  vcmpps k6, zmm1, zmm1, 4
  vblendmps zmm8{k4}, zmm3, zmm0
  vblendmps zmm10{k6}, zmm2, zmm1
  mov r12, -1
  bzhi r14, r12, r13
  kmovq k2, r14
  kshiftrq k1, k2, 16
  vblendmps zmm0{k2}, zmm0, zmm8
  vblendmps zmm1{k1}, zmm1, zmm10
b29:
  vmaxps zmm27, zmm0, zmm1
  vpandd zmm29, zmm0, zmm1
  vcmpps k1, zmm0, zmm1, 0
  vblendmps zmm1{k1}, zmm27, zmm29
  vcmpps k1, zmm0, zmm0, 4
  vblendmps zmm0{k1}, zmm1, zmm0
  vextracti64x4 ymm2, zmm0, 1
  vmaxps ymm1, ymm0, ymm2
  vpandd ymm3, ymm0, ymm2
  vcmpps k1, ymm0, ymm2, 0
  vblendmps ymm1{k1}, ymm1, ymm3
  vcmpps k1, ymm0, ymm0, 4
  vblendmps ymm0{k1}, ymm1, ymm0
  vextracti64x2 xmm2, zmm0, 1
  vmaxps xmm1, xmm0, xmm2
  vpandd xmm3, xmm0, xmm2
  vcmpps k1, xmm0, xmm2, 0
  vblendmps xmm1{k1}, xmm1, xmm3
  vcmpps k1, xmm0, xmm0, 4
  vblendmps xmm2{k1}, xmm1, xmm0
  vpsrldq xmm4, xmm2, 8
  vmaxps xmm6, xmm2, xmm4
  vpandd xmm8, xmm2, xmm4
  vcmpps k1, xmm2, xmm4, 0
  vblendmps xmm12{k1}, xmm6, xmm8
  vcmpps k1, xmm2, xmm2, 4
  vblendmps xmm16{k1}, xmm12, xmm2
  vpsrldq xmm18, xmm16, 4
  vpbroadcastd zmm20, xmm16
  vpbroadcastd zmm22, xmm18
  vmaxps zmm24, zmm20, zmm22
  vpandd zmm26, zmm20, zmm22
  vcmpps k1, zmm20, zmm22, 0
  vblendmps zmm30{k1}, zmm24, zmm26
  vcmpps k1, zmm20, zmm20, 4
  vblendmps zmm0{k1}, zmm30, zmm20
  jmp b20
b36:
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
  vaddps zmm10, zmm5, zmm7
  vaddps zmm8, zmm4, zmm6
  vmulps zmm9, zmm10, zmm10
  vmulps zmm11, zmm8, zmm8
  vpbroadcastd zmm13, [const 0x3ab7f82b]
  vmovdqa64 zmm17, zmm9
  vfmadd213ps zmm17, zmm13, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm19, zmm11
  vfmadd213ps zmm19, zmm13, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm17, zmm9, [const 0x3f000000]{1to16}
  vfmadd213ps zmm19, zmm11, [const 0x3f000000]{1to16}
  vpbroadcastd zmm23, [const 0x3c092be8]
  vmovdqa64 zmm29, zmm9
  vfmadd213ps zmm29, zmm23, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm31, zmm11
  vfmadd213ps zmm31, zmm23, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm29, zmm10, zmm17
  vfmadd213ps zmm31, zmm8, zmm19
  vfmadd213ps zmm29, zmm9, zmm7
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
  jmp b38
b44:
  vpbroadcastd zmm20, [const 0x42b20000]
  vminps zmm22, zmm20, zmm3
  vminps zmm24, zmm20, zmm2
  vpbroadcastd zmm26, [const 0xc2d00000]
  vmaxps zmm5, zmm26, zmm22
  vmaxps zmm4, zmm26, zmm24
  vpbroadcastd zmm7, [const 0x3fb8aa3b]
  vmovdqa64 zmm3, zmm5
  vfmadd213ps zmm3, zmm7, [const 0x4b400000]{1to16}
  vmovdqa64 zmm2, zmm4
  vfmadd213ps zmm2, zmm7, [const 0x4b400000]{1to16}
  vsubps zmm9, zmm3, [const 0x4b400000]{1to16}
  vsubps zmm7, zmm2, [const 0x4b400000]{1to16}
  vfmadd231ps zmm5, zmm9, [const 0xbf317218]{1to16}
  vfmadd231ps zmm4, zmm7, [const 0xbf317218]{1to16}
  vmulps zmm9, zmm9, [const 0x3102e308]{1to16}
  vmulps zmm7, zmm7, [const 0x3102e308]{1to16}
  vaddps zmm13, zmm5, zmm9
  vaddps zmm12, zmm4, zmm7
  vmulps zmm11, zmm13, zmm13
  vmulps zmm10, zmm12, zmm12
  vpbroadcastd zmm16, [const 0x3ab7f82b]
  vmovdqa64 zmm15, zmm11
  vfmadd213ps zmm15, zmm16, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm14, zmm10
  vfmadd213ps zmm14, zmm16, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm15, zmm11, [const 0x3f000000]{1to16}
  vfmadd213ps zmm14, zmm10, [const 0x3f000000]{1to16}
  vpbroadcastd zmm18, [const 0x3c092be8]
  vmovdqa64 zmm17, zmm11
  vfmadd213ps zmm17, zmm18, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm16, zmm10
  vfmadd213ps zmm16, zmm18, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm17, zmm13, zmm15
  vfmadd213ps zmm16, zmm12, zmm14
  vfmadd213ps zmm17, zmm11, zmm9
  vfmadd213ps zmm16, zmm10, zmm7
  vaddps zmm19, zmm5, zmm17
  vaddps zmm22, zmm4, zmm16
  vaddps zmm23, zmm19, [const 0x3f800000]{1to16}
  vaddps zmm25, zmm22, [const 0x3f800000]{1to16}
  vpsubd zmm27, zmm3, [const 0x4b400000]{1to16}
  vpsubd zmm29, zmm2, [const 0x4b400000]{1to16}
  vpsrad zmm31, zmm27, 1
  vpsrad zmm2, zmm29, 1
  vpsubd zmm5, zmm27, zmm31
  vpsubd zmm4, zmm29, zmm2
  vpaddd zmm3, zmm31, [const 0x0000007f]{1to16}
  vpaddd zmm2, zmm2, [const 0x0000007f]{1to16}
  vpslld zmm3, zmm3, 23
  vpslld zmm2, zmm2, 23
  vpaddd zmm5, zmm5, [const 0x0000007f]{1to16}
  vpaddd zmm4, zmm4, [const 0x0000007f]{1to16}
  vpslld zmm5, zmm5, 23
  vpslld zmm4, zmm4, 23
  vmulps zmm3, zmm23, zmm3
  vmulps zmm2, zmm25, zmm2
  vmulps zmm3, zmm3, zmm5
  vmulps zmm2, zmm2, zmm4
  vblendmps zmm6{k7}, zmm6, zmm3
  vblendmps zmm8{k1}, zmm8, zmm2
  jmp b46
b51:
  vpbroadcastd zmm26, [const 0x42b20000]
  vminps zmm28, zmm26, zmm1
  vminps zmm30, zmm26, zmm3
  vpbroadcastd zmm1, [const 0xc2d00000]
  vmaxps zmm4, zmm1, zmm28
  vmaxps zmm3, zmm1, zmm30
  vpbroadcastd zmm5, [const 0x3fb8aa3b]
  vmovdqa64 zmm2, zmm4
  vfmadd213ps zmm2, zmm5, [const 0x4b400000]{1to16}
  vmovdqa64 zmm1, zmm3
  vfmadd213ps zmm1, zmm5, [const 0x4b400000]{1to16}
  vsubps zmm6, zmm2, [const 0x4b400000]{1to16}
  vsubps zmm5, zmm1, [const 0x4b400000]{1to16}
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
  vpsubd zmm3, zmm1, [const 0x4b400000]{1to16}
  vpsrad zmm2, zmm4, 1
  vpsrad zmm1, zmm3, 1
  vpsubd zmm4, zmm4, zmm2
  vpsubd zmm3, zmm3, zmm1
  vpaddd zmm2, zmm2, [const 0x0000007f]{1to16}
  vpaddd zmm1, zmm1, [const 0x0000007f]{1to16}
  vpslld zmm2, zmm2, 23
  vpslld zmm1, zmm1, 23
  vpaddd zmm4, zmm4, [const 0x0000007f]{1to16}
  vpaddd zmm3, zmm3, [const 0x0000007f]{1to16}
  vpslld zmm4, zmm4, 23
  vpslld zmm3, zmm3, 23
  vmulps zmm2, zmm29, zmm2
  vmulps zmm1, zmm31, zmm1
  vmulps zmm2, zmm2, zmm4
  vmulps zmm4, zmm1, zmm3
  vblendmps zmm12{k2}, zmm12, zmm2
  vblendmps zmm14{k1}, zmm14, zmm4
  jmp b53
b59:
  vpbroadcastd zmm8, [const 0x42b20000]
  vminps zmm10, zmm8, zmm4
  vminps zmm12, zmm8, zmm3
  vpbroadcastd zmm14, [const 0xc2d00000]
  vmaxps zmm23, zmm14, zmm10
  vmaxps zmm25, zmm14, zmm12
  vpbroadcastd zmm20, [const 0x3fb8aa3b]
  vmovdqa64 zmm22, zmm23
  vfmadd213ps zmm22, zmm20, [const 0x4b400000]{1to16}
  vmovdqa64 zmm24, zmm25
  vfmadd213ps zmm24, zmm20, [const 0x4b400000]{1to16}
  vsubps zmm26, zmm22, [const 0x4b400000]{1to16}
  vsubps zmm28, zmm24, [const 0x4b400000]{1to16}
  vfmadd231ps zmm23, zmm26, [const 0xbf317218]{1to16}
  vfmadd231ps zmm25, zmm28, [const 0xbf317218]{1to16}
  vmulps zmm4, zmm26, [const 0x3102e308]{1to16}
  vmulps zmm3, zmm28, [const 0x3102e308]{1to16}
  vaddps zmm8, zmm23, zmm4
  vaddps zmm7, zmm25, zmm3
  vmulps zmm6, zmm8, zmm8
  vmulps zmm5, zmm7, zmm7
  vpbroadcastd zmm11, [const 0x3ab7f82b]
  vmovdqa64 zmm10, zmm6
  vfmadd213ps zmm10, zmm11, [const 0x3d2aa97f]{1to16}
  vmovdqa64 zmm9, zmm5
  vfmadd213ps zmm9, zmm11, [const 0x3d2aa97f]{1to16}
  vfmadd213ps zmm10, zmm6, [const 0x3f000000]{1to16}
  vfmadd213ps zmm9, zmm5, [const 0x3f000000]{1to16}
  vpbroadcastd zmm13, [const 0x3c092be8]
  vmovdqa64 zmm12, zmm6
  vfmadd213ps zmm12, zmm13, [const 0x3e2aaa33]{1to16}
  vmovdqa64 zmm11, zmm5
  vfmadd213ps zmm11, zmm13, [const 0x3e2aaa33]{1to16}
  vfmadd213ps zmm12, zmm8, zmm10
  vfmadd213ps zmm11, zmm7, zmm9
  vfmadd213ps zmm12, zmm6, zmm4
  vfmadd213ps zmm11, zmm5, zmm3
  vaddps zmm7, zmm23, zmm12
  vaddps zmm9, zmm25, zmm11
  vaddps zmm11, zmm7, [const 0x3f800000]{1to16}
  vaddps zmm13, zmm9, [const 0x3f800000]{1to16}
  vpsubd zmm15, zmm22, [const 0x4b400000]{1to16}
  vpsubd zmm17, zmm24, [const 0x4b400000]{1to16}
  vpsrad zmm19, zmm15, 1
  vpsrad zmm21, zmm17, 1
  vpsubd zmm23, zmm15, zmm19
  vpsubd zmm25, zmm17, zmm21
  vpaddd zmm27, zmm19, [const 0x0000007f]{1to16}
  vpaddd zmm29, zmm21, [const 0x0000007f]{1to16}
  vpslld zmm31, zmm27, 23
  vpslld zmm3, zmm29, 23
  vpaddd zmm5, zmm23, [const 0x0000007f]{1to16}
  vpaddd zmm4, zmm25, [const 0x0000007f]{1to16}
  vpslld zmm5, zmm5, 23
  vpslld zmm4, zmm4, 23
  vmulps zmm6, zmm11, zmm31
  vmulps zmm3, zmm13, zmm3
  vmulps zmm5, zmm6, zmm5
  vmulps zmm3, zmm3, zmm4
  vblendmps zmm2{k2}, zmm2, zmm5
  vblendmps zmm1{k1}, zmm1, zmm3
  jmp b61

