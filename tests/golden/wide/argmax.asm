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
  lea r11, [r8 + r9*4]
  mov r10, [rdi + 24]
  mov r9, r10
  and r9, 31
  sub r10, r9
  vpbroadcastd zmm28, [const 0xff800000]
  vpbroadcastq zmm31, [const 0x7fffffffffffffff]
  xor rbx, rbx
  cmp rbx, r10
  jl b7
b8:
  vmovdqa64 zmm0, zmm31
  vmovdqa64 zmm1, zmm31
  vmovdqa64 zmm2, zmm31
  vmovdqa64 zmm3, zmm28
  jmp b6
b7:
  vmovdqa64 zmm0, zmm31
  vmovdqa64 zmm1, zmm31
  vmovdqa64 zmm2, zmm31
  vmovdqa64 zmm3, zmm28
b5:
  vmovdqu32 zmm5, [r11 + rbx*4]
  vmovdqu32 zmm4, [r11 + rbx*4 + 64]
  vpbroadcastq zmm6, rbx
  vmovdqu64 zmm9, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm8, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm7, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm10, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vpaddq zmm9, zmm6, zmm9
  vpaddq zmm8, zmm6, zmm8
  vpaddq zmm7, zmm6, zmm7
  vpaddq zmm6, zmm6, zmm10
  vcmpps k2, zmm5, zmm28, 30
  vcmpps k1, zmm4, zmm3, 30
  kmovq [rsp], k1
  vcmpps k1, zmm28, zmm5, 0
  kmovq [rsp + 8], k1
  vcmpps k1, zmm3, zmm4, 0
  kmovq [rsp + 16], k1
  vcmpps k5, zmm28, zmm28, 4
  vcmpps k7, zmm3, zmm3, 4
  vcmpps k3, zmm5, zmm5, 4
  vcmpps k6, zmm4, zmm4, 4
  knotq k1, k5
  knotq k4, k7
  kandq k1, k1, k3
  kandq k4, k4, k6
  korq k2, k2, k1
  kmovq k1, [rsp]
  korq k1, k1, k4
  kmovq [rsp], k1
  kandq k3, k5, k3
  kandq k1, k7, k6
  kmovq k4, [rsp + 8]
  korq k4, k4, k3
  kmovq k3, [rsp + 16]
  korq k3, k3, k1
  vpcmpq k5, zmm9, zmm31, 1
  vpcmpq k7, zmm8, zmm1, 1
  vpcmpq k6, zmm7, zmm2, 1
  vpcmpq k1, zmm6, zmm0, 1
  kunpckbw k7, k7, k5
  kunpckbw k5, k1, k6
  kandq k4, k4, k7
  kandq k3, k3, k5
  korq k2, k2, k4
  kmovq k1, [rsp]
  korq k1, k1, k3
  vblendmps zmm28{k2}, zmm28, zmm5
  vblendmps zmm3{k1}, zmm3, zmm4
  kshiftrq k4, k2, 8
  kshiftrq k3, k1, 8
  vpblendmq zmm31{k2}, zmm31, zmm9
  vpblendmq zmm1{k4}, zmm1, zmm8
  vpblendmq zmm2{k1}, zmm2, zmm7
  vpblendmq zmm0{k3}, zmm0, zmm6
  lea rbx, [rbx + 32]
  cmp rbx, r10
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
  vmovdqu32 zmm5{k2}{z}, [r11 + r10*4]
  vmovdqu32 zmm4{k1}{z}, [r11 + r10*4 + 64]
  vpbroadcastq zmm6, r10
  vmovdqu64 zmm9, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm8, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm7, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm10, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vpaddq zmm9, zmm6, zmm9
  vpaddq zmm8, zmm6, zmm8
  vpaddq zmm7, zmm6, zmm7
  vpaddq zmm6, zmm6, zmm10
  vcmpps k2, zmm5, zmm28, 30
  vcmpps k1, zmm4, zmm3, 30
  kmovq [rsp], k1
  vcmpps k1, zmm28, zmm5, 0
  kmovq [rsp + 8], k1
  vcmpps k1, zmm3, zmm4, 0
  kmovq [rsp + 16], k1
  vcmpps k6, zmm28, zmm28, 4
  vcmpps k5, zmm3, zmm3, 4
  vcmpps k3, zmm5, zmm5, 4
  vcmpps k7, zmm4, zmm4, 4
  knotq k1, k6
  knotq k4, k5
  kandq k1, k1, k3
  kandq k4, k4, k7
  korq k2, k2, k1
  kmovq k1, [rsp]
  korq k1, k1, k4
  kmovq [rsp], k1
  kandq k3, k6, k3
  kandq k1, k5, k7
  kmovq k4, [rsp + 8]
  korq k4, k4, k3
  kmovq k3, [rsp + 16]
  korq k3, k3, k1
  vpcmpq k5, zmm9, zmm31, 1
  vpcmpq k7, zmm8, zmm1, 1
  vpcmpq k6, zmm7, zmm2, 1
  vpcmpq k1, zmm6, zmm0, 1
  kunpckbw k7, k7, k5
  kunpckbw k5, k1, k6
  kandq k4, k4, k7
  kandq k3, k3, k5
  korq k2, k2, k4
  kmovq k1, [rsp]
  korq k1, k1, k3
  vblendmps zmm11{k2}, zmm28, zmm5
  vblendmps zmm10{k1}, zmm3, zmm4
  kshiftrq k4, k2, 8
  kshiftrq k3, k1, 8
  vpblendmq zmm9{k2}, zmm31, zmm9
  vpblendmq zmm8{k4}, zmm1, zmm8
  vpblendmq zmm5{k1}, zmm2, zmm7
  vpblendmq zmm4{k3}, zmm0, zmm6
  mov r10, -1
  bzhi r9, r10, r9
  kmovq k7, r9
  kshiftrq k1, k7, 16
  vblendmps zmm28{k7}, zmm28, zmm11
  vblendmps zmm3{k1}, zmm3, zmm10
  kshiftrq k3, k7, 8
  kshiftrq k2, k7, 16
  kshiftrq k1, k7, 24
  vpblendmq zmm31{k7}, zmm31, zmm9
  vpblendmq zmm1{k3}, zmm1, zmm8
  vpblendmq zmm2{k2}, zmm2, zmm5
  vpblendmq zmm0{k1}, zmm0, zmm4
b13:
  vcmpps k1, zmm3, zmm28, 30
  vcmpps k2, zmm28, zmm3, 0
  vcmpps k3, zmm28, zmm28, 4
  vcmpps k4, zmm3, zmm3, 4
  knotq k5, k3
  kandq k5, k5, k4
  korq k1, k1, k5
  kandq k3, k3, k4
  korq k2, k2, k3
  vpcmpq k3, zmm2, zmm31, 1
  vpcmpq k4, zmm0, zmm1, 1
  kunpckbw k3, k4, k3
  kandq k2, k2, k3
  korq k1, k1, k2
  vblendmps zmm3{k1}, zmm28, zmm3
  kshiftrq k3, k1, 8
  vpblendmq zmm5{k1}, zmm31, zmm2
  vpblendmq zmm7{k3}, zmm1, zmm0
  vextracti64x4 ymm9, zmm3, 1
  vcmpps k2, ymm9, ymm3, 30
  vcmpps k1, ymm3, ymm9, 0
  vcmpps k3, ymm3, ymm3, 4
  vcmpps k4, ymm9, ymm9, 4
  knotq k5, k3
  kandq k5, k5, k4
  korq k2, k2, k5
  kandq k3, k3, k4
  korq k1, k1, k3
  vpcmpq k3, zmm7, zmm5, 1
  kandq k1, k1, k3
  korq k1, k2, k1
  vblendmps ymm1{k1}, ymm3, ymm9
  vpblendmq zmm0{k1}, zmm5, zmm7
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
  korq k2, k2, k1
  vblendmps xmm4{k2}, xmm1, xmm3
  vpblendmq ymm6{k2}, ymm0, ymm2
  vpsrldq xmm8, xmm4, 8
  vextracti64x2 xmm10, zmm6, 1
  vcmpps k2, xmm8, xmm4, 30
  vcmpps k1, xmm4, xmm8, 0
  vcmpps k3, xmm4, xmm4, 4
  vcmpps k4, xmm8, xmm8, 4
  knotq k5, k3
  kandq k5, k5, k4
  korq k2, k2, k5
  kandq k3, k3, k4
  korq k1, k1, k3
  vpcmpq k3, xmm10, xmm6, 1
  kandq k1, k1, k3
  korq k1, k2, k1
  vblendmps xmm0{k1}, xmm4, xmm8
  vpblendmq xmm2{k1}, xmm6, xmm10
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
  korq k5, k2, k3
  vpcmpq k7, zmm3, zmm2, 1
  kmovd r10, k7
  and r10, 1
  xor r9, r9
  sub r9, r10
  kmovq k2, r9
  kandq k2, k5, k2
  korq k1, k1, k2
  vblendmps zmm23{k1}, zmm0, zmm1
  vpblendmq zmm25{k1}, zmm2, zmm3
  mov r9, [rdi + 8]
  vmovq [r9 + rsi*8], xmm25
  lea rsi, [rsi + 1]
  cmp rsi, rcx
  jl b1
b2:
  vzeroupper
  lea rsp, [rbp - 8]
  pop rbx
  pop rbp; ret

