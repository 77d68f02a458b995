kernel 1: flat x64

kernel rows i < w0
  in x: f32   in x1: f32   out y: f32
  pass j < 5
    v0 = load x[i + j]
    v1 = load x1[j]
    v2 = mul v0 v1
    store y[i*w1 + j] v2

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
  mov r9, [rdi + 8]
  cmp rsi, rcx
  jge b2
b3:
  mov [rsp], rcx
b1:
  mov rcx, [rdi + 24]
  mov r11, rsi
  shl r11, 8
  sub rcx, r11
  mov r10, 256
  cmp+cmovg rcx, r10
  mov rbx, rcx
  and rbx, 63
  sub rcx, rbx
  lea r10, [r11 + rcx*1]
  cmp r11, r10
  jge b6
b5:
  lea r12, [r8 + r11*4]
  xor r13, r13
b9:
  vmovdqu32 zmm3, [r12 + r13*4]
  vmovdqu32 zmm2, [r12 + r13*4 + 64]
  vmovdqu32 zmm1, [r12 + r13*4 + 128]
  vmovdqu32 zmm0, [r12 + r13*4 + 192]
  vpbroadcastd zmm4, [r9 + r13*4]
  vmulps zmm3, zmm3, zmm4
  vmulps zmm2, zmm2, zmm4
  vmulps zmm1, zmm1, zmm4
  vmulps zmm0, zmm0, zmm4
  mov rcx, [rdi + 32]
  mov r14, r11
  imul r14, rcx
  lea r14, [r14 + r13*1]
  mov r15, [rdi + 16]
  mov rcx, [rdi + 32]
  vmovdqu64 zmm4, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm5, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm7, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm9, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vmovdqu64 zmm11, [const 0x00000000000000270000000000000026000000000000002500000000000000240000000000000023000000000000002200000000000000210000000000000020]
  vmovdqu64 zmm13, [const 0x000000000000002f000000000000002e000000000000002d000000000000002c000000000000002b000000000000002a00000000000000290000000000000028]
  vmovdqu64 zmm15, [const 0x00000000000000370000000000000036000000000000003500000000000000340000000000000033000000000000003200000000000000310000000000000030]
  vmovdqu64 zmm17, [const 0x000000000000003f000000000000003e000000000000003d000000000000003c000000000000003b000000000000003a00000000000000390000000000000038]
  vpbroadcastq zmm19, rcx
  vpmullq zmm21, zmm4, zmm19
  vpmullq zmm23, zmm5, zmm19
  vpmullq zmm25, zmm7, zmm19
  vpmullq zmm27, zmm9, zmm19
  vpmullq zmm29, zmm11, zmm19
  vpmullq zmm31, zmm13, zmm19
  vpmullq zmm5, zmm15, zmm19
  vpmullq zmm4, zmm17, zmm19
  lea r14, [r15 + r14*4]
  kxnorq k2, k2, k2
  kxnorq k7, k7, k7
  kxnorq k6, k6, k6
  kxnorq k5, k5, k5
  kxnorq k4, k4, k4
  kxnorq k1, k1, k1
  kmovq [rsp + 8], k1
  kxnorq k1, k1, k1
  kxnorq k3, k3, k3
  vpscatterqd [r14 + zmm21*4]{k2}, ymm3
  vextracti64x4 ymm3, zmm3, 1
  vpscatterqd [r14 + zmm23*4]{k7}, ymm3
  vpscatterqd [r14 + zmm25*4]{k6}, ymm2
  vextracti64x4 ymm2, zmm2, 1
  vpscatterqd [r14 + zmm27*4]{k5}, ymm2
  vpscatterqd [r14 + zmm29*4]{k4}, ymm1
  vextracti64x4 ymm6, zmm1, 1
  kmovq k2, [rsp + 8]
  vpscatterqd [r14 + zmm31*4]{k2}, ymm6
  vpscatterqd [r14 + zmm5*4]{k1}, ymm0
  vextracti64x4 ymm12, zmm0, 1
  vpscatterqd [r14 + zmm4*4]{k3}, ymm12
  lea r13, [r13 + 1]
  cmp r13, 5
  jl b9
b10:
  lea r11, [r11 + 64]
  cmp r11, r10
  jl b5
b6:
  test rbx, rbx
  je b17
b15:
  mov rcx, -1
  bzhi r11, rcx, rbx
  lea rbx, [r8 + r10*4]
  xor r12, r12
b18:
  kmovq k4, r11
  kshiftrq k3, k4, 16
  kshiftrq k2, k4, 32
  kshiftrq k1, k4, 48
  vmovdqu32 zmm3{k4}{z}, [rbx + r12*4]
  vmovdqu32 zmm2{k3}{z}, [rbx + r12*4 + 64]
  vmovdqu32 zmm1{k2}{z}, [rbx + r12*4 + 128]
  vmovdqu32 zmm0{k1}{z}, [rbx + r12*4 + 192]
  vpbroadcastd zmm4, [r9 + r12*4]
  vmulps zmm3, zmm3, zmm4
  vmulps zmm2, zmm2, zmm4
  vmulps zmm1, zmm1, zmm4
  vmulps zmm0, zmm0, zmm4
  mov rcx, [rdi + 32]
  mov r13, r10
  imul r13, rcx
  lea r13, [r13 + r12*1]
  mov r14, [rdi + 16]
  mov r15, [rdi + 32]
  vmovdqu64 zmm11, [const 0x00000000000000070000000000000006000000000000000500000000000000040000000000000003000000000000000200000000000000010000000000000000]
  vmovdqu64 zmm13, [const 0x000000000000000f000000000000000e000000000000000d000000000000000c000000000000000b000000000000000a00000000000000090000000000000008]
  vmovdqu64 zmm15, [const 0x00000000000000170000000000000016000000000000001500000000000000140000000000000013000000000000001200000000000000110000000000000010]
  vmovdqu64 zmm17, [const 0x000000000000001f000000000000001e000000000000001d000000000000001c000000000000001b000000000000001a00000000000000190000000000000018]
  vmovdqu64 zmm19, [const 0x00000000000000270000000000000026000000000000002500000000000000240000000000000023000000000000002200000000000000210000000000000020]
  vmovdqu64 zmm21, [const 0x000000000000002f000000000000002e000000000000002d000000000000002c000000000000002b000000000000002a00000000000000290000000000000028]
  vmovdqu64 zmm23, [const 0x00000000000000370000000000000036000000000000003500000000000000340000000000000033000000000000003200000000000000310000000000000030]
  vmovdqu64 zmm25, [const 0x000000000000003f000000000000003e000000000000003d000000000000003c000000000000003b000000000000003a00000000000000390000000000000038]
  vpbroadcastq zmm27, r15
  vpmullq zmm29, zmm11, zmm27
  vpmullq zmm31, zmm13, zmm27
  vpmullq zmm9, zmm15, zmm27
  vpmullq zmm8, zmm17, zmm27
  vpmullq zmm7, zmm19, zmm27
  vpmullq zmm6, zmm21, zmm27
  vpmullq zmm5, zmm23, zmm27
  vpmullq zmm4, zmm25, zmm27
  lea r13, [r14 + r13*4]
  kmovq k1, r11
  kshiftrq k6, k1, 8
  kshiftrq k4, k1, 16
  kshiftrq k3, k1, 24
  kshiftrq k2, k1, 32
  kshiftrq k7, k1, 40
  kmovq [rsp + 8], k7
  kshiftrq k7, k1, 48
  kshiftrq k5, k1, 56
  vpscatterqd [r13 + zmm29*4]{k1}, ymm3
  vextracti64x4 ymm3, zmm3, 1
  vpscatterqd [r13 + zmm31*4]{k6}, ymm3
  vpscatterqd [r13 + zmm9*4]{k4}, ymm2
  vextracti64x4 ymm9, zmm2, 1
  vpscatterqd [r13 + zmm8*4]{k3}, ymm9
  vpscatterqd [r13 + zmm7*4]{k2}, ymm1
  vextracti64x4 ymm14, zmm1, 1
  kmovq k1, [rsp + 8]
  vpscatterqd [r13 + zmm6*4]{k1}, ymm14
  vpscatterqd [r13 + zmm5*4]{k7}, ymm0
  vextracti64x4 ymm20, zmm0, 1
  vpscatterqd [r13 + zmm4*4]{k5}, ymm20
  lea r12, [r12 + 1]
  cmp r12, 5
  jl b18
b17:
  lea rsi, [rsi + 1]
  mov rcx, [rsp]
  cmp rsi, rcx
  jge b2
b22:
  mov [rsp], rcx
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

