kernel 1: flat x32

kernel rows i < w0, i1 < w1
  in x: f32   in x1: f32   out y: f32
  pass j < 3 in lanes
    v0 = load x[i*w2 + j]
    v1 = load x1[i1*w3 + j]
    v2 = sub v0 v1
    v3 = square v2
    v4 = carry sum v3
  pass
    store y[i*w4 + i1] v4

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
  lea r15, [r11 + 255]
  shr r15, 8
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
  shl r12, 8
  sub r11, r12
  mov r13, 256
  cmp+cmovg r11, r13
  mov r13, r11
  and r13, 31
  sub r11, r13
  lea r11, [r12 + r11*1]
  cmp r12, r11
  jge b6
b5:
  mov r14, [rdi + 48]
  mov r15, r12
  imul r15, r14
  lea r14, [r9 + r15*4]
  vpbroadcastd zmm0, [rbx]
  mov r15, [rdi + 48]
  vmovdqu64 zmm2, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm1, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm3, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm5, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vpbroadcastq zmm7, r15
  vpmullq zmm9, zmm2, zmm7
  vpmullq zmm11, zmm1, zmm7
  vpmullq zmm13, zmm3, zmm7
  vpmullq zmm15, zmm5, zmm7
  kxnorq k4, k4, k4
  kxnorq k3, k3, k3
  kxnorq k2, k2, k2
  kxnorq k1, k1, k1
  vpxord xmm26, xmm26, xmm26
  kmovq k5, k4
  vpgatherqd ymm26{k5}, [r14 + zmm9*4]
  vpxord xmm31, xmm31, xmm31
  kmovq k4, k3
  vpgatherqd ymm31{k4}, [r14 + zmm11*4]
  vpxord xmm1, xmm1, xmm1
  kmovq k3, k2
  vpgatherqd ymm1{k3}, [r14 + zmm13*4]
  vpxord xmm2, xmm2, xmm2
  kmovq k2, k1
  vpgatherqd ymm2{k2}, [r14 + zmm15*4]
  vinserti64x4 zmm3, zmm26, ymm31, 1
  vinserti64x4 zmm2, zmm1, ymm2, 1
  vsubps zmm1, zmm0, zmm3
  vsubps zmm0, zmm0, zmm2
  vmulps zmm1, zmm1, zmm1
  vmulps zmm0, zmm0, zmm0
  vaddps zmm1, zmm1, [const 0x00000000]{1to16}
  vaddps zmm0, zmm0, [const 0x00000000]{1to16}
  vpbroadcastd zmm2, [rbx + 4]
  mov r15, [rdi + 48]
  vmovdqu64 zmm3, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm4, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm6, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm8, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vpbroadcastq zmm10, r15
  vpmullq zmm12, zmm3, zmm10
  vpmullq zmm14, zmm4, zmm10
  vpmullq zmm16, zmm6, zmm10
  vpmullq zmm18, zmm8, zmm10
  lea r15, [r14 + 4]
  kxnorq k4, k4, k4
  kxnorq k3, k3, k3
  kxnorq k2, k2, k2
  kxnorq k1, k1, k1
  vpxord xmm31, xmm31, xmm31
  kmovq k5, k4
  vpgatherqd ymm31{k5}, [r15 + zmm12*4]
  vpxord xmm3, xmm3, xmm3
  kmovq k4, k3
  vpgatherqd ymm3{k4}, [r15 + zmm14*4]
  vpxord xmm4, xmm4, xmm4
  kmovq k3, k2
  vpgatherqd ymm4{k3}, [r15 + zmm16*4]
  vpxord xmm5, xmm5, xmm5
  kmovq k2, k1
  vpgatherqd ymm5{k2}, [r15 + zmm18*4]
  vinserti64x4 zmm3, zmm31, ymm3, 1
  vinserti64x4 zmm4, zmm4, ymm5, 1
  vsubps zmm3, zmm2, zmm3
  vsubps zmm2, zmm2, zmm4
  vmulps zmm3, zmm3, zmm3
  vmulps zmm2, zmm2, zmm2
  vaddps zmm3, zmm3, [const 0x00000000]{1to16}
  vaddps zmm2, zmm2, [const 0x00000000]{1to16}
  vpbroadcastd zmm4, [rbx + 8]
  mov r15, [rdi + 48]
  vmovdqu64 zmm7, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm9, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm11, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm13, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vpbroadcastq zmm15, r15
  vpmullq zmm17, zmm7, zmm15
  vpmullq zmm19, zmm9, zmm15
  vpmullq zmm21, zmm11, zmm15
  vpmullq zmm23, zmm13, zmm15
  lea r14, [r14 + 8]
  kxnorq k4, k4, k4
  kxnorq k3, k3, k3
  kxnorq k2, k2, k2
  kxnorq k1, k1, k1
  vpxord xmm5, xmm5, xmm5
  kmovq k5, k4
  vpgatherqd ymm5{k5}, [r14 + zmm17*4]
  vpxord xmm6, xmm6, xmm6
  kmovq k4, k3
  vpgatherqd ymm6{k4}, [r14 + zmm19*4]
  vpxord xmm7, xmm7, xmm7
  kmovq k3, k2
  vpgatherqd ymm7{k3}, [r14 + zmm21*4]
  vpxord xmm8, xmm8, xmm8
  kmovq k2, k1
  vpgatherqd ymm8{k2}, [r14 + zmm23*4]
  vinserti64x4 zmm6, zmm5, ymm6, 1
  vinserti64x4 zmm5, zmm7, ymm8, 1
  vsubps zmm6, zmm4, zmm6
  vsubps zmm5, zmm4, zmm5
  vmulps zmm4, zmm6, zmm6
  vmulps zmm5, zmm5, zmm5
  vaddps zmm4, zmm4, [const 0x00000000]{1to16}
  vaddps zmm6, zmm5, [const 0x00000000]{1to16}
  vaddps zmm8, zmm1, zmm4
  vaddps zmm10, zmm0, zmm6
  vaddps zmm12, zmm8, zmm3
  vaddps zmm14, zmm10, zmm2
  mov r14, [rdi + 56]
  mov r15, r10
  imul r15, r14
  lea r14, [r15 + r12*1]
  mov r15, [rdi + 16]
  vmovdqu32 [r15 + r14*4], zmm12
  vmovdqu32 [r15 + r14*4 + 64], zmm14
  lea r12, [r12 + 32]
  cmp r12, r11
  jl b5
b6:
  test r13, r13
  je b13
b11:
  mov r12, -1
  bzhi r12, r12, r13
  mov r13, [rdi + 48]
  mov r14, r11
  imul r14, r13
  lea r13, [r9 + r14*4]
  vpbroadcastd zmm0, [rbx]
  mov r14, [rdi + 48]
  vmovdqu64 zmm4, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm3, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm2, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm1, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vpbroadcastq zmm5, r14
  vpmullq zmm4, zmm4, zmm5
  vpmullq zmm3, zmm3, zmm5
  vpmullq zmm2, zmm2, zmm5
  vpmullq zmm1, zmm1, zmm5
  kmovq k2, r12
  kshiftrq k4, k2, 8
  kshiftrq k6, k2, 16
  kshiftrq k1, k2, 24
  vpxord xmm11, xmm11, xmm11
  kmovq k3, k2
  vpgatherqd ymm11{k3}, [r13 + zmm4*4]
  vpxord xmm16, xmm16, xmm16
  kmovq k2, k4
  vpgatherqd ymm16{k2}, [r13 + zmm3*4]
  vpxord xmm21, xmm21, xmm21
  kmovq k2, k6
  vpgatherqd ymm21{k2}, [r13 + zmm2*4]
  vpxord xmm26, xmm26, xmm26
  kmovq k2, k1
  vpgatherqd ymm26{k2}, [r13 + zmm1*4]
  vinserti64x4 zmm30, zmm11, ymm16, 1
  vinserti64x4 zmm2, zmm21, ymm26, 1
  vsubps zmm1, zmm0, zmm30
  vsubps zmm0, zmm0, zmm2
  vmulps zmm1, zmm1, zmm1
  vmulps zmm0, zmm0, zmm0
  vaddps zmm1, zmm1, [const 0x00000000]{1to16}
  vaddps zmm0, zmm0, [const 0x00000000]{1to16}
  vpbroadcastd zmm2, [rbx + 4]
  mov r14, [rdi + 48]
  vmovdqu64 zmm6, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm5, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm4, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm3, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vpbroadcastq zmm7, r14
  vpmullq zmm6, zmm6, zmm7
  vpmullq zmm5, zmm5, zmm7
  vpmullq zmm4, zmm4, zmm7
  vpmullq zmm3, zmm3, zmm7
  lea r14, [r13 + 4]
  kmovq k7, r12
  kshiftrq k3, k7, 8
  kshiftrq k2, k7, 16
  kshiftrq k1, k7, 24
  vpxord xmm16, xmm16, xmm16
  kmovq k4, k7
  vpgatherqd ymm16{k4}, [r14 + zmm6*4]
  vpxord xmm21, xmm21, xmm21
  kmovq k4, k3
  vpgatherqd ymm21{k4}, [r14 + zmm5*4]
  vpxord xmm26, xmm26, xmm26
  kmovq k3, k2
  vpgatherqd ymm26{k3}, [r14 + zmm4*4]
  vpxord xmm31, xmm31, xmm31
  kmovq k2, k1
  vpgatherqd ymm31{k2}, [r14 + zmm3*4]
  vinserti64x4 zmm3, zmm16, ymm21, 1
  vinserti64x4 zmm4, zmm26, ymm31, 1
  vsubps zmm3, zmm2, zmm3
  vsubps zmm2, zmm2, zmm4
  vmulps zmm3, zmm3, zmm3
  vmulps zmm2, zmm2, zmm2
  vaddps zmm3, zmm3, [const 0x00000000]{1to16}
  vaddps zmm2, zmm2, [const 0x00000000]{1to16}
  vpbroadcastd zmm4, [rbx + 8]
  mov rbx, [rdi + 48]
  vmovdqu64 zmm7, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm5, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm6, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm8, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vpbroadcastq zmm9, rbx
  vpmullq zmm7, zmm7, zmm9
  vpmullq zmm5, zmm5, zmm9
  vpmullq zmm6, zmm6, zmm9
  vpmullq zmm8, zmm8, zmm9
  lea r13, [r13 + 8]
  kmovq k4, r12
  kshiftrq k3, k4, 8
  kshiftrq k2, k4, 16
  kshiftrq k1, k4, 24
  vpxord xmm21, xmm21, xmm21
  kmovq k5, k4
  vpgatherqd ymm21{k5}, [r13 + zmm7*4]
  vpxord xmm26, xmm26, xmm26
  kmovq k4, k3
  vpgatherqd ymm26{k4}, [r13 + zmm5*4]
  vpxord xmm31, xmm31, xmm31
  kmovq k3, k2
  vpgatherqd ymm31{k3}, [r13 + zmm6*4]
  vpxord xmm5, xmm5, xmm5
  kmovq k2, k1
  vpgatherqd ymm5{k2}, [r13 + zmm8*4]
  vinserti64x4 zmm7, zmm21, ymm26, 1
  vinserti64x4 zmm6, zmm31, ymm5, 1
  vsubps zmm5, zmm4, zmm7
  vsubps zmm4, zmm4, zmm6
  vmulps zmm5, zmm5, zmm5
  vmulps zmm4, zmm4, zmm4
  vaddps zmm5, zmm5, [const 0x00000000]{1to16}
  vaddps zmm4, zmm4, [const 0x00000000]{1to16}
  vaddps zmm1, zmm1, zmm5
  vaddps zmm0, zmm0, zmm4
  vaddps zmm1, zmm1, zmm3
  vaddps zmm0, zmm0, zmm2
  mov rbx, [rdi + 56]
  imul r10, rbx
  lea r10, [r10 + r11*1]
  mov r11, [rdi + 16]
  kmovq k2, r12
  kshiftrq k1, k2, 16
  vmovdqu32 [r11 + r10*4]{k2}, zmm1
  vmovdqu32 [r11 + r10*4 + 64]{k1}, zmm0
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

