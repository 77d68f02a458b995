kernel 1: flat x32

kernel rows i < w0
  in x: i8   in x1: f64   out y: i64   out y1: f32   out y2: u8
  v0 = load x[i]
  v1 = cast i64 v0
  v2 = cast f64 v0
  v3 = load x1[i]
  v4 = add v2 v3
  v5 = cast f32 v4
  v6 = cast u8 v3
  pass
    store y[i] v1
    store y1[i] v5
    store y2[i] v6

  push rbp; mov rbp, rsp
  push rbx
  push r12
  push r14
  mov rcx, rdx
b0:
  mov r8, [rdi]
  mov r9, [rdi + 8]
  cmp rsi, rcx
  jge b2
b1:
  mov r10, [rdi + 40]
  mov r11, rsi
  shl r11, 14
  sub r10, r11
  mov rbx, 16384
  cmp+cmovg r10, rbx
  mov rbx, r10
  and rbx, 31
  sub r10, rbx
  lea r10, [r11 + r10*1]
  cmp r11, r10
  jge b6
b5:
  vmovdqu32 ymm4, [r8 + r11*1]
  vpmovsxbq zmm0, xmm4
  vpsrldq xmm1, xmm4, 8
  vpmovsxbq zmm1, xmm1
  vextracti64x2 xmm2, zmm4, 1
  vpmovsxbq zmm2, xmm2
  vextracti64x2 xmm3, zmm4, 1
  vpsrldq xmm3, xmm3, 8
  vpmovsxbq zmm3, xmm3
  vpmovsxbd zmm6, xmm4
  vextracti64x2 xmm4, zmm4, 1
  vpmovsxbd zmm5, xmm4
  vcvtdq2pd zmm4, ymm6
  vextracti64x4 ymm6, zmm6, 1
  vcvtdq2pd zmm8, ymm6
  vcvtdq2pd zmm6, ymm5
  vextracti64x4 ymm5, zmm5, 1
  vcvtdq2pd zmm10, ymm5
  vmovdqu64 zmm5, [r9 + r11*8]
  vmovdqu64 zmm7, [r9 + r11*8 + 64]
  vmovdqu64 zmm9, [r9 + r11*8 + 128]
  vmovdqu64 zmm11, [r9 + r11*8 + 192]
  vaddpd zmm13, zmm4, zmm5
  vaddpd zmm15, zmm8, zmm7
  vaddpd zmm17, zmm6, zmm9
  vaddpd zmm19, zmm10, zmm11
  vcvtpd2ps ymm21, zmm13
  vcvtpd2ps ymm23, zmm15
  vcvtpd2ps ymm25, zmm17
  vcvtpd2ps ymm27, zmm19
  vinserti64x4 zmm29, zmm21, ymm23, 1
  vinserti64x4 zmm31, zmm25, ymm27, 1
  vpxord zmm4, zmm4, zmm4
  vcmppd k1, zmm5, zmm4, 29
  vcvttpd2udq ymm4{k1}{z}, zmm5
  vpxord zmm5, zmm5, zmm5
  vcmppd k1, zmm7, zmm5, 29
  vcvttpd2udq ymm5{k1}{z}, zmm7
  vpxord zmm6, zmm6, zmm6
  vcmppd k1, zmm9, zmm6, 29
  vcvttpd2udq ymm6{k1}{z}, zmm9
  vpxord zmm7, zmm7, zmm7
  vcmppd k1, zmm11, zmm7, 29
  vcvttpd2udq ymm7{k1}{z}, zmm11
  vinserti64x4 zmm4, zmm4, ymm5, 1
  vinserti64x4 zmm5, zmm6, ymm7, 1
  vpmovusdb xmm4, zmm4
  vpmovusdb xmm5, zmm5
  vinserti64x2 ymm4, ymm4, xmm5, 1
  mov r12, [rdi + 16]
  vmovdqu64 [r12 + r11*8], zmm0
  vmovdqu64 [r12 + r11*8 + 64], zmm1
  vmovdqu64 [r12 + r11*8 + 128], zmm2
  vmovdqu64 [r12 + r11*8 + 192], zmm3
  mov r12, [rdi + 24]
  vmovdqu32 [r12 + r11*4], zmm29
  vmovdqu32 [r12 + r11*4 + 64], zmm31
  mov r14, [rdi + 32]
  vmovdqu32 [r14 + r11*1], ymm4
  lea r11, [r11 + 32]
  cmp r11, r10
  jl b5
b6:
  test rbx, rbx
  je b13
b11:
  mov r11, -1
  bzhi r11, r11, rbx
  kmovq k1, r11
  vmovdqu8 ymm30{k1}{z}, [r8 + r10*1]
  vpmovsxbq zmm0, xmm30
  vpsrldq xmm1, xmm30, 8
  vpmovsxbq zmm1, xmm1
  vextracti64x2 xmm2, zmm30, 1
  vpmovsxbq zmm2, xmm2
  vextracti64x2 xmm3, zmm30, 1
  vpsrldq xmm3, xmm3, 8
  vpmovsxbq zmm3, xmm3
  vpmovsxbd zmm5, xmm30
  vextracti64x2 xmm4, zmm30, 1
  vpmovsxbd zmm7, xmm4
  vcvtdq2pd zmm4, ymm5
  vextracti64x4 ymm5, zmm5, 1
  vcvtdq2pd zmm6, ymm5
  vcvtdq2pd zmm5, ymm7
  vextracti64x4 ymm7, zmm7, 1
  vcvtdq2pd zmm7, ymm7
  kmovq k3, r11
  kshiftrq k5, k3, 8
  kshiftrq k7, k3, 16
  kshiftrq k1, k3, 24
  vmovdqu64 zmm11{k3}{z}, [r9 + r10*8]
  vmovdqu64 zmm13{k5}{z}, [r9 + r10*8 + 64]
  vmovdqu64 zmm15{k7}{z}, [r9 + r10*8 + 128]
  vmovdqu64 zmm17{k1}{z}, [r9 + r10*8 + 192]
  vaddpd zmm19, zmm4, zmm11
  vaddpd zmm21, zmm6, zmm13
  vaddpd zmm23, zmm5, zmm15
  vaddpd zmm25, zmm7, zmm17
  vcvtpd2ps ymm27, zmm19
  vcvtpd2ps ymm29, zmm21
  vcvtpd2ps ymm31, zmm23
  vcvtpd2ps ymm4, zmm25
  vinserti64x4 zmm5, zmm27, ymm29, 1
  vinserti64x4 zmm4, zmm31, ymm4, 1
  vpxord zmm6, zmm6, zmm6
  vcmppd k1, zmm11, zmm6, 29
  vcvttpd2udq ymm6{k1}{z}, zmm11
  vpxord zmm7, zmm7, zmm7
  vcmppd k1, zmm13, zmm7, 29
  vcvttpd2udq ymm7{k1}{z}, zmm13
  vpxord zmm8, zmm8, zmm8
  vcmppd k1, zmm15, zmm8, 29
  vcvttpd2udq ymm8{k1}{z}, zmm15
  vpxord zmm9, zmm9, zmm9
  vcmppd k1, zmm17, zmm9, 29
  vcvttpd2udq ymm9{k1}{z}, zmm17
  vinserti64x4 zmm6, zmm6, ymm7, 1
  vinserti64x4 zmm7, zmm8, ymm9, 1
  vpmovusdb xmm6, zmm6
  vpmovusdb xmm7, zmm7
  vinserti64x2 ymm8, ymm6, xmm7, 1
  mov r12, [rdi + 16]
  kmovq k4, r11
  kshiftrq k3, k4, 8
  kshiftrq k2, k4, 16
  kshiftrq k1, k4, 24
  vmovdqu64 [r12 + r10*8]{k4}, zmm0
  vmovdqu64 [r12 + r10*8 + 64]{k3}, zmm1
  vmovdqu64 [r12 + r10*8 + 128]{k2}, zmm2
  vmovdqu64 [r12 + r10*8 + 192]{k1}, zmm3
  mov rbx, [rdi + 24]
  kmovq k2, r11
  kshiftrq k1, k2, 16
  vmovdqu32 [rbx + r10*4]{k2}, zmm5
  vmovdqu32 [rbx + r10*4 + 64]{k1}, zmm4
  mov rbx, [rdi + 32]
  kmovq k1, r11
  vmovdqu8 [rbx + r10*1]{k1}, ymm8
b13:
  lea rsi, [rsi + 1]
  cmp rsi, rcx
  jl b1
b2:
  vzeroupper
  pop r14
  pop r12
  pop rbx
  pop rbp; ret

