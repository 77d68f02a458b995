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
  and rsp, -64
  sub rsp, 64
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
  vpbroadcastd zmm22, [const 0xff800000]
  vpbroadcastq zmm24, [const 0x7fffffffffffffff]
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
  vpbroadcastd zmm23, [const 0xff800000]
  kxorq k1, k1, k1
  cmp r11, r13
  jl b11
b12:
  vmovdqa64 zmm28, zmm23
  jmp b10
b11:
  mov r14, r11
  vmovdqa64 zmm28, zmm23
b9:
  vmovdqu32 zmm1, [r9 + r14*4]
  vmovdqu32 zmm0, [r9 + r14*4 + 64]
  vcmpps k2, zmm1, zmm1, 4
  vcmpps k3, zmm0, zmm0, 4
  kunpckwd k2, k3, k2
  korq k1, k1, k2
  vmaxps zmm23, zmm23, zmm1
  vmaxps zmm28, zmm28, zmm0
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
  vmovdqu32 zmm1{k3}{z}, [r9 + r13*4]
  vmovdqu32 zmm0{k2}{z}, [r9 + r13*4 + 64]
  vcmpps k2, zmm1, zmm1, 4
  vcmpps k3, zmm0, zmm0, 4
  kunpckwd k2, k3, k2
  korq k2, k1, k2
  vmaxps zmm1, zmm23, zmm1
  vmaxps zmm0, zmm28, zmm0
  mov r13, -1
  bzhi rbx, r13, rbx
  kmovq k3, rbx
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
  mov rbx, r12
  and rbx, 31
  sub r12, rbx
  lea r12, [r11 + r12*1]
  vpbroadcastd zmm8, [const 0xff800000]
  vpbroadcastq zmm11, [const 0x7fffffffffffffff]
  cmp r11, r12
  jl b20
b21:
  vmovdqa64 zmm14, zmm8
  vmovdqa64 zmm16, zmm11
  vmovdqa64 zmm17, zmm11
  vmovdqa64 zmm18, zmm11
  jmp b19
b20:
  mov r13, r11
  vmovdqa64 zmm14, zmm8
  vmovdqa64 zmm16, zmm11
  vmovdqa64 zmm17, zmm11
  vmovdqa64 zmm18, zmm11
b18:
  vmovdqu32 zmm2, [r9 + r13*4]
  vmovdqu32 zmm1, [r9 + r13*4 + 64]
  vcmpps k2, zmm2, zmm0, 0
  vcmpps k1, zmm1, zmm0, 0
  vcmpps k3, zmm2, zmm2, 4
  vcmpps k5, zmm1, zmm1, 4
  korq k6, k2, k3
  korq k7, k1, k5
  kunpckwd k1, k7, k6
  kmovd r14, k1
  test r14, r14
  je b24
b22:
  vpbroadcastq zmm15, r13
  vmovdqu64 zmm20, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm19, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm21, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm23, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vpaddq zmm25, zmm15, zmm20
  vpaddq zmm27, zmm15, zmm19
  vpaddq zmm29, zmm15, zmm21
  vpaddq zmm31, zmm15, zmm23
  vcmpps k4, zmm2, zmm8, 30
  vcmpps k1, zmm1, zmm14, 30
  kmovq [rsp], k1
  vcmpps k1, zmm8, zmm2, 0
  kmovq [rsp + 8], k1
  vcmpps k6, zmm14, zmm1, 0
  kmovq [rsp + 16], k6
  vcmpps k1, zmm8, zmm8, 4
  vcmpps k7, zmm14, zmm14, 4
  knotq k2, k1
  knotq k6, k7
  kandq k2, k2, k3
  kandq k6, k6, k5
  korq k4, k4, k2
  kmovq k2, [rsp]
  korq k2, k2, k6
  kmovq [rsp], k2
  kandq k2, k1, k3
  kandq k1, k7, k5
  kmovq k3, [rsp + 8]
  korq k3, k3, k2
  kmovq k6, [rsp + 16]
  korq k1, k6, k1
  vpcmpq k5, zmm25, zmm11, 1
  vpcmpq k7, zmm27, zmm16, 1
  vpcmpq k6, zmm29, zmm17, 1
  vpcmpq k2, zmm31, zmm18, 1
  kunpckbw k7, k7, k5
  kunpckbw k5, k2, k6
  kandq k3, k3, k7
  kandq k1, k1, k5
  korq k3, k4, k3
  kmovq k4, [rsp]
  korq k1, k4, k1
  vblendmps zmm8{k3}, zmm8, zmm2
  vblendmps zmm14{k1}, zmm14, zmm1
  kshiftrq k4, k3, 8
  kshiftrq k2, k1, 8
  vpblendmq zmm11{k3}, zmm11, zmm25
  vpblendmq zmm16{k4}, zmm16, zmm27
  vpblendmq zmm17{k1}, zmm17, zmm29
  vpblendmq zmm18{k2}, zmm18, zmm31
b24:
  lea r13, [r13 + 32]
  cmp r13, r12
  jl b18
b19:
  test rbx, rbx
  je b29
b27:
  xor r13, r13
  cmp+cmovl rbx, r13
  mov r13, 32
  cmp+cmovg rbx, r13
  mov r13, -1
  bzhi r13, r13, rbx
  kmovq k7, r13
  kshiftrq k1, k7, 16
  vmovdqu32 zmm12{k7}{z}, [r9 + r12*4]
  vmovdqu32 zmm13{k1}{z}, [r9 + r12*4 + 64]
  vcmpps k2, zmm12, zmm0, 0
  vcmpps k1, zmm13, zmm0, 0
  vcmpps k5, zmm12, zmm12, 4
  vcmpps k3, zmm13, zmm13, 4
  kmovq [rsp], k3
  korq k2, k2, k5
  korq k1, k1, k3
  kunpckwd k1, k1, k2
  kmovd r13, k1
  test r13, r13
  jne b30
b31:
  vmovdqa64 zmm0, zmm18
  vmovdqa64 zmm1, zmm17
  vmovdqa64 zmm2, zmm16
  vmovdqa64 zmm3, zmm11
  vmovdqa64 zmm4, zmm14
  vmovdqa64 zmm5, zmm8
  jmp b32
b30:
  vpbroadcastq zmm0, r12
  vmovdqu64 zmm3, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm2, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm1, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm4, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vpaddq zmm3, zmm0, zmm3
  vpaddq zmm2, zmm0, zmm2
  vpaddq zmm1, zmm0, zmm1
  vpaddq zmm0, zmm0, zmm4
  vcmpps k3, zmm12, zmm8, 30
  vcmpps k1, zmm13, zmm14, 30
  kmovq [rsp + 8], k1
  vcmpps k4, zmm8, zmm12, 0
  kmovq [rsp + 16], k4
  vcmpps k6, zmm14, zmm13, 0
  kmovq [rsp + 24], k6
  vcmpps k1, zmm8, zmm8, 4
  vcmpps k7, zmm14, zmm14, 4
  knotq k2, k1
  knotq k6, k7
  kandq k4, k2, k5
  kmovq k2, [rsp]
  kandq k6, k6, k2
  korq k4, k3, k4
  kmovq k3, [rsp + 8]
  korq k3, k3, k6
  kmovq [rsp + 8], k3
  kandq k3, k1, k5
  kandq k1, k7, k2
  kmovq k2, [rsp + 16]
  korq k2, k2, k3
  kmovq k6, [rsp + 24]
  korq k1, k6, k1
  vpcmpq k5, zmm3, zmm11, 1
  vpcmpq k7, zmm2, zmm16, 1
  vpcmpq k6, zmm1, zmm17, 1
  vpcmpq k3, zmm0, zmm18, 1
  kunpckbw k7, k7, k5
  kunpckbw k5, k3, k6
  kandq k2, k2, k7
  kandq k1, k1, k5
  korq k2, k4, k2
  kmovq k4, [rsp + 8]
  korq k1, k4, k1
  vblendmps zmm5{k2}, zmm8, zmm12
  vblendmps zmm4{k1}, zmm14, zmm13
  kshiftrq k4, k2, 8
  kshiftrq k3, k1, 8
  vpblendmq zmm3{k2}, zmm11, zmm3
  vpblendmq zmm2{k4}, zmm16, zmm2
  vpblendmq zmm1{k1}, zmm17, zmm1
  vpblendmq zmm0{k3}, zmm18, zmm0
b32:
  mov r12, -1
  bzhi rbx, r12, rbx
  kmovq k4, rbx
  kshiftrq k6, k4, 16
  vblendmps zmm8{k4}, zmm8, zmm5
  vblendmps zmm14{k6}, zmm14, zmm4
  kshiftrq k3, k4, 8
  kshiftrq k2, k4, 16
  kshiftrq k1, k4, 24
  vpblendmq zmm11{k4}, zmm11, zmm3
  vpblendmq zmm16{k3}, zmm16, zmm2
  vpblendmq zmm17{k2}, zmm17, zmm1
  vpblendmq zmm18{k1}, zmm18, zmm0
b29:
  vcmpps k1, zmm14, zmm8, 30
  vcmpps k2, zmm8, zmm14, 0
  vcmpps k3, zmm8, zmm8, 4
  vcmpps k4, zmm14, zmm14, 4
  knotq k5, k3
  kandq k5, k5, k4
  korq k1, k1, k5
  kandq k3, k3, k4
  korq k2, k2, k3
  vpcmpq k3, zmm17, zmm11, 1
  vpcmpq k4, zmm18, zmm16, 1
  kunpckbw k3, k4, k3
  kandq k2, k2, k3
  korq k1, k1, k2
  vblendmps zmm0{k1}, zmm8, zmm14
  kshiftrq k2, k1, 8
  vpblendmq zmm2{k1}, zmm11, zmm17
  vpblendmq zmm4{k2}, zmm16, zmm18
  vextracti64x4 ymm6, zmm0, 1
  vcmpps k2, ymm6, ymm0, 30
  vcmpps k1, ymm0, ymm6, 0
  vcmpps k3, ymm0, ymm0, 4
  vcmpps k4, ymm6, ymm6, 4
  knotq k5, k3
  kandq k5, k5, k4
  korq k2, k2, k5
  kandq k3, k3, k4
  korq k1, k1, k3
  vpcmpq k3, zmm4, zmm2, 1
  kandq k1, k1, k3
  korq k1, k2, k1
  vblendmps ymm1{k1}, ymm0, ymm6
  vpblendmq zmm0{k1}, zmm2, zmm4
  vextracti64x2 xmm3, zmm1, 1
  vextracti64x4 ymm2, zmm0, 1
  vcmpps k2, xmm3, xmm1, 30
  vcmpps k1, xmm1, xmm3, 0
  vcmpps k3, xmm1, xmm1, 4
  vcmpps k4, xmm3, xmm3, 4
  knotq k5, k3
  kandq k5, k5, k4
  korq k2, k2, k5
  kandq k3, k3, k4
  korq k1, k1, k3
  vpcmpq k3, ymm2, ymm0, 1
  kandq k1, k1, k3
  korq k1, k2, k1
  vblendmps xmm1{k1}, xmm1, xmm3
  vpblendmq ymm3{k1}, ymm0, ymm2
  vpsrldq xmm5, xmm1, 8
  vextracti64x2 xmm7, zmm3, 1
  vcmpps k2, xmm5, xmm1, 30
  vcmpps k1, xmm1, xmm5, 0
  vcmpps k3, xmm1, xmm1, 4
  vcmpps k4, xmm5, xmm5, 4
  knotq k5, k3
  kandq k5, k5, k4
  korq k2, k2, k5
  kandq k3, k3, k4
  korq k1, k1, k3
  vpcmpq k3, xmm7, xmm3, 1
  kandq k1, k1, k3
  korq k1, k2, k1
  vblendmps xmm0{k1}, xmm1, xmm5
  vpblendmq xmm2{k1}, xmm3, xmm7
  vpsrldq xmm1, xmm0, 4
  vpbroadcastd zmm0, xmm0
  vpbroadcastd zmm1, xmm1
  vpsrldq xmm3, xmm2, 8
  vpbroadcastq zmm2, xmm2
  vpbroadcastq zmm3, xmm3
  vcmpps k1, zmm1, zmm0, 30
  vcmpps k2, zmm0, zmm1, 0
  vcmpps k3, zmm0, zmm0, 4
  vcmpps k4, zmm1, zmm1, 4
  knotq k5, k3
  kandq k5, k5, k4
  korq k1, k1, k5
  kandq k3, k3, k4
  korq k2, k2, k3
  vpcmpq k4, zmm3, zmm2, 1
  kmovd r12, k4
  and r12, 1
  xor r13, r13
  sub r13, r12
  kmovq k3, r13
  kandq k2, k2, k3
  korq k1, k1, k2
  vblendmps zmm20{k1}, zmm0, zmm1
  vpblendmq zmm23{k1}, zmm2, zmm3
  vcmpps k1, zmm20, zmm22, 30
  vcmpps k2, zmm22, zmm20, 0
  vcmpps k3, zmm22, zmm22, 4
  vcmpps k4, zmm20, zmm20, 4
  knotq k5, k3
  kandq k5, k5, k4
  korq k1, k1, k5
  kandq k3, k3, k4
  korq k2, k2, k3
  vpcmpq k3, zmm23, zmm24, 1
  kmovd rbx, k3
  and rbx, 1
  xor r12, r12
  sub r12, rbx
  kmovq k3, r12
  kandq k2, k2, k3
  korq k1, k1, k2
  vblendmps zmm22{k1}, zmm22, zmm20
  vpblendmq zmm24{k1}, zmm24, zmm23
  lea r11, [r11 + 8192]
  cmp r11, r10
  jl b5
b6:
  mov r9, [rdi + 8]
  vmovq [r9 + rsi*8], xmm24
  lea rsi, [rsi + 1]
  cmp rsi, rcx
  jl b1
b2:
  vzeroupper
  lea rsp, [rbp - 32]
  pop r14
  pop r13
  pop r12
  pop rbx
  pop rbp; ret

