kernel 1: row x32

kernel rows i < w0
  in x: f32   out y: i64
  pass j < w1
    v0 = load x[i*w2 + j]
    v1 = j
    _, v2 = carry argmax v0 v1
  pass
    store y[i] v2

  push rbp; mov rbp, rsp
  push rbx
  push r12
  push r13
  push r14
  push r15
  and rsp, -64
  sub rsp, 128
  mov rcx, rdx
b0:
  mov r8, [rdi]
  mov [rsp], r8
  cmp rsi, rcx
  jge b2
b1:
  mov r10, [rdi + 32]
  mov r9, rsi
  imul r9, r10
  mov r8, [rsp]
  lea r9, [r8 + r9*4]
  mov r10, [rdi + 24]
  vpbroadcastd zmm22, [const 0xff800000]
  vpbroadcastq zmm24, [const 0x7fffffffffffffff]
  xor r11, r11
  cmp r11, r10
  jge b6
b5:
  mov rbx, r10
  sub rbx, r11
  mov r8, 8192
  cmp+cmovg rbx, r8
  mov r12, rbx
  and r12, 31
  mov r8, rbx
  sub r8, r12
  lea r13, [r11 + r8*1]
  vpbroadcastd zmm23, [const 0xff800000]
  kxorq k1, k1, k1
  cmp r11, r13
  jl b11
b12:
  vmovdqa64 zmm28, zmm23
  jmp b10
b11:
  mov r8, r11
  vmovdqa64 zmm28, zmm23
b9:
  vmovdqu32 zmm1, [r9 + r8*4]
  vmovdqu32 zmm0, [r9 + r8*4 + 64]
  vcmpps k2, zmm1, zmm1, 4
  vcmpps k3, zmm0, zmm0, 4
  kunpckwd k2, k3, k2
  korq k1, k1, k2
  vmaxps zmm23, zmm23, zmm1
  vmaxps zmm28, zmm28, zmm0
  lea r8, [r8 + 32]
  cmp r8, r13
  jl b9
b10:
  test r12, r12
  je b17
b15:
  xor r8, r8
  cmp+cmovl r12, r8
  mov r8, 32
  cmp+cmovg r12, r8
  mov r8, -1
  bzhi r8, r8, r12
  kmovq k3, r8
  kshiftrq k2, k3, 16
  vmovdqu32 zmm1{k3}{z}, [r9 + r13*4]
  vmovdqu32 zmm0{k2}{z}, [r9 + r13*4 + 64]
  vcmpps k2, zmm1, zmm1, 4
  vcmpps k3, zmm0, zmm0, 4
  kunpckwd k2, k3, k2
  korq k2, k1, k2
  vmaxps zmm1, zmm23, zmm1
  vmaxps zmm0, zmm28, zmm0
  mov r8, -1
  bzhi r8, r8, r12
  kmovq k3, r8
  kshiftrq k4, k3, 16
  vblendmps zmm23{k3}, zmm23, zmm1
  vblendmps zmm28{k4}, zmm28, zmm0
  kandq k2, k3, k2
  kandnq k1, k3, k1
  korq k1, k2, k1
b17:
  kshiftrq k7, k1, 16
  vmaxps zmm9, zmm23, zmm28
  vpandd zmm11, zmm23, zmm28
  vcmpps k2, zmm23, zmm28, 0
  vblendmps zmm15{k2}, zmm9, zmm11
  vcmpps k2, zmm23, zmm23, 4
  vblendmps zmm19{k2}, zmm15, zmm23
  korq k1, k1, k7
  vextracti64x4 ymm23, zmm19, 1
  kshiftrq k2, k1, 8
  vmaxps ymm27, ymm19, ymm23
  vpandd ymm29, ymm19, ymm23
  vcmpps k3, ymm19, ymm23, 0
  vblendmps ymm0{k3}, ymm27, ymm29
  vcmpps k3, ymm19, ymm19, 4
  vblendmps ymm0{k3}, ymm0, ymm19
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
  vcmpps k4, xmm0, xmm1, 0
  vblendmps xmm6{k4}, xmm2, xmm3
  vcmpps k3, xmm0, xmm0, 4
  vblendmps xmm10{k3}, xmm6, xmm0
  korq k1, k1, k2
  vpsrldq xmm14, xmm10, 4
  vpbroadcastd zmm16, xmm10
  vpbroadcastd zmm18, xmm14
  kshiftrq k2, k1, 1
  vmaxps zmm23, zmm16, zmm18
  vpandd zmm25, zmm16, zmm18
  vcmpps k3, zmm16, zmm18, 0
  vblendmps zmm28{k3}, zmm23, zmm25
  vcmpps k3, zmm16, zmm16, 4
  vblendmps zmm0{k3}, zmm28, zmm16
  korq k1, k1, k2
  knotq k2, k1
  kmovq [rsp + 8], k2
  lea rbx, [r11 + rbx*1]
  vpbroadcastd zmm7, [const 0xff800000]
  vpbroadcastq zmm9, [const 0x7fffffffffffffff]
  kxorq k2, k2, k2
  kmovq [rsp + 64], k2
  cmp r11, rbx
  jl b20
b21:
  kmovq k2, [rsp + 64]
  jmp b19
b20:
  mov r12, r11
  kmovq k2, [rsp + 64]
b18:
  knotq k1, k2
  kmovq [rsp + 64], k2
  kxorq k2, k2, k2
  korq k1, k2, k1
  kmovd r8, k1
  and r8, 1
  test r8, r8
  jne b22
b23:
  kmovq k2, [rsp + 64]
  kmovq k5, [rsp + 8]
  jmp b24
b22:
  mov r14, rbx
  sub r14, r12
  mov r8, 1024
  cmp+cmovg r14, r8
  mov r13, r14
  and r13, 31
  mov r8, r14
  sub r8, r13
  lea r15, [r12 + r8*1]
  kxorq k3, k3, k3
  cmp r12, r15
  jge b26
b27:
  mov r8, r12
b25:
  vmovdqu32 zmm21, [r9 + r8*4]
  vmovdqu32 zmm23, [r9 + r8*4 + 64]
  vcmpps k2, zmm21, zmm0, 0
  vcmpps k1, zmm23, zmm0, 0
  vcmpps k5, zmm21, zmm21, 4
  vcmpps k4, zmm23, zmm23, 4
  korq k2, k2, k5
  korq k1, k1, k4
  kunpckwd k1, k1, k2
  korq k3, k3, k1
  lea r8, [r8 + 32]
  cmp r8, r15
  jl b25
b26:
  test r13, r13
  je b33
b31:
  xor r8, r8
  cmp+cmovl r13, r8
  mov r8, 32
  cmp+cmovg r13, r8
  mov r8, -1
  bzhi r8, r8, r13
  kmovq k2, r8
  kshiftrq k1, k2, 16
  vmovdqu32 zmm2{k2}{z}, [r9 + r15*4]
  vmovdqu32 zmm4{k1}{z}, [r9 + r15*4 + 64]
  vcmpps k6, zmm2, zmm0, 0
  vcmpps k1, zmm4, zmm0, 0
  vcmpps k2, zmm2, zmm2, 4
  vcmpps k4, zmm4, zmm4, 4
  korq k2, k6, k2
  korq k1, k1, k4
  kunpckwd k1, k1, k2
  korq k1, k3, k1
  mov r8, -1
  bzhi r8, r8, r13
  kmovq k2, r8
  kandq k1, k2, k1
  kandnq k2, k2, k3
  korq k3, k1, k2
b33:
  kshiftrq k1, k3, 16
  korq k1, k3, k1
  kshiftrq k2, k1, 8
  korq k1, k1, k2
  kshiftrq k2, k1, 4
  korq k1, k1, k2
  kshiftrq k2, k1, 2
  korq k1, k1, k2
  kshiftrq k2, k1, 1
  korq k3, k1, k2
  kxorq k1, k1, k1
  korq k1, k1, k3
  kmovq [rsp + 16], k3
  kmovd r8, k1
  and r8, 1
  test r8, r8
  jne b34
b35:
  kmovq k3, [rsp + 16]
  kmovq k5, [rsp + 8]
  jmp b36
b34:
  mov r13, r14
  and r13, 31
  sub r14, r13
  lea r14, [r12 + r14*1]
  vpbroadcastd zmm2, [const 0xff800000]
  vpbroadcastq zmm1, [const 0x7fffffffffffffff]
  cmp r12, r14
  jl b39
b40:
  vmovdqa64 zmm3, zmm1
  vmovdqa64 zmm4, zmm1
  vmovdqa64 zmm5, zmm1
  vmovdqa64 zmm6, zmm2
  jmp b38
b39:
  mov r15, r12
  vmovdqa64 zmm3, zmm1
  vmovdqa64 zmm4, zmm1
  vmovdqa64 zmm5, zmm1
  vmovdqa64 zmm6, zmm2
b37:
  vmovdqu32 zmm23, [r9 + r15*4]
  vmovdqu32 zmm25, [r9 + r15*4 + 64]
  vcmpps k2, zmm23, zmm0, 0
  vcmpps k1, zmm25, zmm0, 0
  vcmpps k3, zmm23, zmm23, 4
  vcmpps k5, zmm25, zmm25, 4
  kmovq [rsp + 32], k5
  korq k2, k2, k3
  kmovq [rsp + 24], k3
  korq k1, k1, k5
  kunpckwd k1, k1, k2
  kmovd r8, k1
  test r8, r8
  je b43
b41:
  vpbroadcastq zmm8, r15
  vmovdqu64 zmm12, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm11, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm10, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm13, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vpaddq zmm12, zmm8, zmm12
  vpaddq zmm11, zmm8, zmm11
  vpaddq zmm10, zmm8, zmm10
  vpaddq zmm8, zmm8, zmm13
  vcmpps k7, zmm23, zmm2, 30
  vcmpps k2, zmm25, zmm6, 30
  kmovq [rsp + 40], k2
  vcmpps k6, zmm2, zmm23, 0
  kmovq [rsp + 48], k6
  vcmpps k6, zmm6, zmm25, 0
  kmovq [rsp + 56], k6
  vcmpps k4, zmm2, zmm2, 4
  vcmpps k3, zmm6, zmm6, 4
  knotq k5, k4
  knotq k2, k3
  kmovq k1, [rsp + 24]
  kandq k6, k5, k1
  kmovq k5, [rsp + 32]
  kandq k2, k2, k5
  korq k7, k7, k6
  kmovq k6, [rsp + 40]
  korq k2, k6, k2
  kmovq [rsp + 40], k2
  kandq k4, k4, k1
  kandq k1, k3, k5
  kmovq k6, [rsp + 48]
  korq k2, k6, k4
  kmovq k6, [rsp + 56]
  korq k1, k6, k1
  vpcmpq k3, zmm12, zmm1, 1
  vpcmpq k5, zmm11, zmm4, 1
  vpcmpq k4, zmm10, zmm5, 1
  vpcmpq k6, zmm8, zmm3, 1
  kunpckbw k5, k5, k3
  kunpckbw k3, k6, k4
  kandq k2, k2, k5
  kandq k1, k1, k3
  korq k2, k7, k2
  kmovq k7, [rsp + 40]
  korq k1, k7, k1
  vblendmps zmm2{k2}, zmm2, zmm23
  vblendmps zmm6{k1}, zmm6, zmm25
  kshiftrq k4, k2, 8
  kshiftrq k3, k1, 8
  vpblendmq zmm1{k2}, zmm1, zmm12
  vpblendmq zmm4{k4}, zmm4, zmm11
  vpblendmq zmm5{k1}, zmm5, zmm10
  vpblendmq zmm3{k3}, zmm3, zmm8
b43:
  lea r15, [r15 + 32]
  cmp r15, r14
  jl b37
b38:
  test r13, r13
  je b48
b46:
  xor r8, r8
  cmp+cmovl r13, r8
  mov r8, 32
  cmp+cmovg r13, r8
  mov r8, -1
  bzhi r8, r8, r13
  kmovq k2, r8
  kshiftrq k1, k2, 16
  vmovdqu32 zmm10{k2}{z}, [r9 + r14*4]
  vmovdqu32 zmm8{k1}{z}, [r9 + r14*4 + 64]
  vcmpps k2, zmm10, zmm0, 0
  vcmpps k1, zmm8, zmm0, 0
  vcmpps k3, zmm10, zmm10, 4
  vcmpps k5, zmm8, zmm8, 4
  kmovq [rsp + 48], k5
  korq k2, k2, k3
  kmovq [rsp + 40], k3
  korq k1, k1, k5
  kunpckwd k1, k1, k2
  kmovd r8, k1
  test r8, r8
  jne b49
b50:
  vmovdqa64 zmm15, zmm2
  vmovdqa64 zmm17, zmm6
  vmovdqa64 zmm21, zmm1
  vmovdqa64 zmm23, zmm4
  vmovdqa64 zmm25, zmm5
  vmovdqa64 zmm27, zmm3
  jmp b51
b49:
  vpbroadcastq zmm13, r14
  vmovdqu64 zmm11, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm12, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm14, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm15, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vpaddq zmm11, zmm13, zmm11
  vpaddq zmm12, zmm13, zmm12
  vpaddq zmm14, zmm13, zmm14
  vpaddq zmm16, zmm13, zmm15
  vcmpps k7, zmm10, zmm2, 30
  vcmpps k1, zmm8, zmm6, 30
  kmovq [rsp + 56], k1
  vcmpps k6, zmm2, zmm10, 0
  kmovq [rsp + 24], k6
  vcmpps k6, zmm6, zmm8, 0
  kmovq [rsp + 32], k6
  vcmpps k4, zmm2, zmm2, 4
  vcmpps k3, zmm6, zmm6, 4
  knotq k5, k4
  knotq k2, k3
  kmovq k1, [rsp + 40]
  kandq k6, k5, k1
  kmovq k5, [rsp + 48]
  kandq k2, k2, k5
  korq k7, k7, k6
  kmovq k6, [rsp + 56]
  korq k2, k6, k2
  kmovq [rsp + 56], k2
  kandq k4, k4, k1
  kandq k1, k3, k5
  kmovq k6, [rsp + 24]
  korq k2, k6, k4
  kmovq k6, [rsp + 32]
  korq k1, k6, k1
  vpcmpq k3, zmm11, zmm1, 1
  vpcmpq k5, zmm12, zmm4, 1
  vpcmpq k4, zmm14, zmm5, 1
  vpcmpq k6, zmm16, zmm3, 1
  kunpckbw k5, k5, k3
  kunpckbw k3, k6, k4
  kandq k2, k2, k5
  kandq k1, k1, k3
  korq k3, k7, k2
  kmovq k7, [rsp + 56]
  korq k5, k7, k1
  vblendmps zmm15{k3}, zmm2, zmm10
  vblendmps zmm17{k5}, zmm6, zmm8
  kshiftrq k2, k3, 8
  kshiftrq k1, k5, 8
  vpblendmq zmm21{k3}, zmm1, zmm11
  vpblendmq zmm23{k2}, zmm4, zmm12
  vpblendmq zmm25{k5}, zmm5, zmm14
  vpblendmq zmm27{k1}, zmm3, zmm16
b51:
  mov r8, -1
  bzhi r8, r8, r13
  kmovq k1, r8
  kshiftrq k2, k1, 16
  vblendmps zmm2{k1}, zmm2, zmm15
  vblendmps zmm6{k2}, zmm6, zmm17
  kshiftrq k4, k1, 8
  kshiftrq k3, k1, 16
  kshiftrq k2, k1, 24
  vpblendmq zmm1{k1}, zmm1, zmm21
  vpblendmq zmm4{k4}, zmm4, zmm23
  vpblendmq zmm5{k3}, zmm5, zmm25
  vpblendmq zmm3{k2}, zmm3, zmm27
b48:
  vcmpps k1, zmm6, zmm2, 30
  vcmpps k2, zmm2, zmm6, 0
  vcmpps k4, zmm2, zmm2, 4
  vcmpps k6, zmm6, zmm6, 4
  knotq k3, k4
  kandq k3, k3, k6
  korq k1, k1, k3
  kandq k3, k4, k6
  korq k2, k2, k3
  vpcmpq k3, zmm5, zmm1, 1
  vpcmpq k4, zmm3, zmm4, 1
  kunpckbw k3, k4, k3
  kandq k2, k2, k3
  korq k1, k1, k2
  vblendmps zmm28{k1}, zmm2, zmm6
  kshiftrq k2, k1, 8
  vpblendmq zmm1{k1}, zmm1, zmm5
  vpblendmq zmm3{k2}, zmm4, zmm3
  vextracti64x4 ymm2, zmm28, 1
  vcmpps k2, ymm2, ymm28, 30
  vcmpps k1, ymm28, ymm2, 0
  vcmpps k3, ymm28, ymm28, 4
  vcmpps k4, ymm2, ymm2, 4
  knotq k5, k3
  kandq k5, k5, k4
  korq k2, k2, k5
  kandq k3, k3, k4
  korq k1, k1, k3
  vpcmpq k3, zmm3, zmm1, 1
  kandq k1, k1, k3
  korq k1, k2, k1
  vblendmps ymm2{k1}, ymm28, ymm2
  vpblendmq zmm1{k1}, zmm1, zmm3
  vextracti64x2 xmm3, zmm2, 1
  vextracti64x4 ymm5, zmm1, 1
  vcmpps k7, xmm3, xmm2, 30
  vcmpps k1, xmm2, xmm3, 0
  vcmpps k3, xmm2, xmm2, 4
  vcmpps k4, xmm3, xmm3, 4
  knotq k2, k3
  kandq k2, k2, k4
  korq k2, k7, k2
  kandq k3, k3, k4
  korq k1, k1, k3
  vpcmpq k3, ymm5, ymm1, 1
  kandq k1, k1, k3
  korq k1, k2, k1
  vblendmps xmm31{k1}, xmm2, xmm3
  vpblendmq ymm1{k1}, ymm1, ymm5
  vpsrldq xmm3, xmm31, 8
  vextracti64x2 xmm2, zmm1, 1
  vcmpps k2, xmm3, xmm31, 30
  vcmpps k1, xmm31, xmm3, 0
  vcmpps k3, xmm31, xmm31, 4
  vcmpps k4, xmm3, xmm3, 4
  knotq k5, k3
  kandq k5, k5, k4
  korq k2, k2, k5
  kandq k3, k3, k4
  korq k1, k1, k3
  vpcmpq k3, xmm2, xmm1, 1
  kandq k1, k1, k3
  korq k1, k2, k1
  vblendmps xmm3{k1}, xmm31, xmm3
  vpblendmq xmm2{k1}, xmm1, xmm2
  vpsrldq xmm4, xmm3, 4
  vpbroadcastd zmm6, xmm3
  vpbroadcastd zmm8, xmm4
  vpsrldq xmm10, xmm2, 8
  vpbroadcastq zmm12, xmm2
  vpbroadcastq zmm14, xmm10
  vcmpps k1, zmm8, zmm6, 30
  vcmpps k2, zmm6, zmm8, 0
  vcmpps k3, zmm6, zmm6, 4
  vcmpps k4, zmm8, zmm8, 4
  knotq k5, k3
  kandq k5, k5, k4
  korq k1, k1, k5
  kandq k3, k3, k4
  korq k2, k2, k3
  vpcmpq k3, zmm14, zmm12, 1
  kmovd r8, k3
  and r8, 1
  xor r13, r13
  sub r13, r8
  kmovq k3, r13
  kandq k2, k2, k3
  korq k1, k1, k2
  vblendmps zmm2{k1}, zmm6, zmm8
  vpblendmq zmm1{k1}, zmm12, zmm14
  vcmpps k2, zmm2, zmm7, 30
  vcmpps k1, zmm7, zmm2, 0
  vcmpps k3, zmm7, zmm7, 4
  vcmpps k5, zmm2, zmm2, 4
  knotq k4, k3
  kandq k4, k4, k5
  korq k4, k2, k4
  kandq k5, k3, k5
  korq k7, k1, k5
  vpcmpq k1, zmm1, zmm9, 1
  kmovd r8, k1
  and r8, 1
  xor r13, r13
  sub r13, r8
  kmovq k1, r13
  kandq k1, k7, k1
  korq k1, k4, k1
  vblendmps zmm7{k1}, zmm7, zmm2
  vpblendmq zmm9{k1}, zmm9, zmm1
  kmovq k3, [rsp + 16]
  kmovq k5, [rsp + 8]
b36:
  kandq k1, k3, k5
  kmovq k2, [rsp + 64]
  korq k2, k2, k1
b24:
  lea r12, [r12 + 1024]
  cmp r12, rbx
  jge b19
b52:
  kmovq [rsp + 8], k5
  jmp b18
b19:
  vcmpps k1, zmm7, zmm22, 30
  vcmpps k2, zmm22, zmm7, 0
  vcmpps k3, zmm22, zmm22, 4
  vcmpps k4, zmm7, zmm7, 4
  knotq k5, k3
  kandq k5, k5, k4
  korq k1, k1, k5
  kandq k3, k3, k4
  korq k2, k2, k3
  vpcmpq k3, zmm9, zmm24, 1
  kmovd r8, k3
  and r8, 1
  xor r12, r12
  sub r12, r8
  kmovq k3, r12
  kandq k2, k2, k3
  korq k1, k1, k2
  vblendmps zmm22{k1}, zmm22, zmm7
  vpblendmq zmm24{k1}, zmm24, zmm9
  lea r11, [r11 + 8192]
  cmp r11, r10
  jl b5
b6:
  mov r8, [rdi + 8]
  vmovq [r8 + rsi*8], xmm24
  lea rsi, [rsi + 1]
  cmp rsi, rcx
  jl b1
b2:
  vzeroupper
  lea rsp, [rbp - 40]
  pop r15
  pop r14
  pop r13
  pop r12
  pop rbx
  pop rbp; ret

