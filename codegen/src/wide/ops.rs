//! The machine operations that are emitted, one row each: how it is written, encoded, and which of
//! its operands it changes.
//!
//! A row follows the line of the processor's manual: the kind of prefix, the byte before the opcode
//! (`NP`, `66`, `F3`, `F2`), the opcode map, the bit W, the opcode. Names that differ from the
//! manual's tell forms of one mnemonic apart.

/// The family of prefixes of an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// One of the first generation, with REX.
    Legacy,
    /// With a VEX prefix whose bit L is 0.
    Vex0,
    /// With a VEX prefix whose bit L is 1.
    Vex1,
    /// With an EVEX prefix: 32 registers, masks, broadcasts, any vector size.
    Evex,
}

/// The prefix that an opcode implies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prefix {
    /// None.
    Np = 0,
    /// `66`.
    P66 = 1,
    /// `F3`.
    Pf3 = 2,
    /// `F2`.
    Pf2 = 3,
}

/// The page of opcodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Map {
    /// Opcodes of one byte.
    One = 0,
    /// After `0F`.
    M0f = 1,
    /// After `0F 38`.
    M38 = 2,
    /// After `0F 3A`.
    M3a = 3,
}

/// Which operands there are and what becomes of them. `reg`, `vvvv` and `rm` are the three places
/// of the encoding; only `rm` may be memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `reg = op(vvvv, rm)`.
    Rvm,
    /// `reg = op(rm)`.
    Rm,
    /// `rm = op(reg)`: a store where `rm` is memory.
    Mr,
    /// `vvvv = op(rm)`; the place of `reg` holds a digit of the opcode.
    Vm(u8),
    /// `reg = op(rm, vvvv)`.
    Rmv,
    /// `reg = op(reg, vvvv, rm)`.
    Changes,
    /// `reg = op(reg, rm)`.
    Adds,
    /// `rm = op(rm, immediate)`; the place of `reg` holds a digit of the opcode.
    Digit(u8),
    /// `reg = op(reg, reg)`, whatever is in it: all zeros or all ones.
    Same,
    /// As `Same`, without `vvvv`.
    SameOfTwo,
    /// `reg`, where the mask allows, from memory at the places in the index register; the mask ends
    /// as zero.
    Gather,
    /// `reg` to memory at the places in the index register, likewise.
    Scatter,
    /// `reg = imm64`.
    Immediate,
    /// Several instructions that belong together: see `encode`.
    Several,
}

/// What the displacement of a memory operand counts in, and what may be broadcast from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// As many bytes as the vector has, or one element of 4 bytes for all lanes.
    Full4,
    /// As many bytes as the vector has, or one element of 8 bytes for all lanes.
    Full8,
    /// As many bytes as the vector has.
    Full,
    /// That part of them.
    Part(u8),
    /// So many bytes.
    Bytes(u8),
}

/// How an operation is written and encoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// The mnemonic.
    pub(super) name: &'static str,
    /// The kind of prefix.
    pub(super) coding: Coding,
    /// The prefix that belongs to the opcode.
    pub(super) prefix: Prefix,
    /// The page of the opcode.
    pub(super) map: Map,
    /// The bit W: 64-bit elements, mostly.
    pub(super) w: bool,
    /// The opcode.
    pub(super) opcode: u8,
    /// The operands.
    pub(super) form: Form,
    /// Memory operands.
    pub(super) unit: Unit,
}

macro_rules! ops {
    ($($op:ident = $name:literal, $coding:ident $prefix:ident $map:ident $w:literal $opcode:literal,
        $form:ident $(($digit:literal))?, $unit:ident $(($count:literal))?;)+) => {
        /// A machine operation.
        #[allow(missing_docs, reason = "the rows say what each is")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Op { $($op),+ }

        impl Op {
            /// Every operation, in the order of the table.
            #[cfg(test)]
            pub(super) const ALL: &'static [Op] = &[$(Op::$op),+];

            /// The row of an operation.
            pub(super) fn row(self) -> &'static Row {
                const ROWS: &[Row] = &[$(Row {
                    name: $name,
                    coding: Coding::$coding,
                    prefix: Prefix::$prefix,
                    map: Map::$map,
                    w: $w == 1,
                    opcode: $opcode,
                    form: Form::$form $(($digit))?,
                    unit: Unit::$unit $(($count))?,
                }),+];
                &ROWS[self as usize]
            }
        }
    };
}

ops! {
    // General registers.
    Mov = "mov", Legacy Np One 1 0x8b, Rm, Bytes(8);
    Mov32 = "mov", Legacy Np One 0 0x8b, Rm, Bytes(4);
    Movzx16 = "movzx", Legacy Np M0f 0 0xb7, Rm, Bytes(2);
    Movzx8 = "movzx", Legacy Np M0f 0 0xb6, Rm, Bytes(1);
    MovStore = "mov", Legacy Np One 1 0x89, Mr, Bytes(8);
    MovStore32 = "mov", Legacy Np One 0 0x89, Mr, Bytes(4);
    MovStore16 = "mov", Legacy P66 One 0 0x89, Mr, Bytes(2);
    MovStore8 = "mov", Legacy Np One 0 0x88, Mr, Bytes(1);
    MovImm = "mov", Legacy Np One 1 0xb8, Immediate, Bytes(8);
    Zero = "xor", Legacy Np One 0 0x33, SameOfTwo, Bytes(4);
    Lea = "lea", Legacy Np One 1 0x8d, Rm, Bytes(8);
    Add = "add", Legacy Np One 1 0x03, Adds, Bytes(8);
    Sub = "sub", Legacy Np One 1 0x2b, Adds, Bytes(8);
    And = "and", Legacy Np One 1 0x23, Adds, Bytes(8);
    Imul = "imul", Legacy Np M0f 1 0xaf, Adds, Bytes(8);
    ImulBy = "imul", Legacy Np One 1 0x69, Rm, Bytes(8);
    AndBy = "and", Legacy Np One 1 0x81, Digit(4), Bytes(8);
    ShlBy = "shl", Legacy Np One 1 0xc1, Digit(4), Bytes(8);
    ShrBy = "shr", Legacy Np One 1 0xc1, Digit(5), Bytes(8);
    Bzhi = "bzhi", Vex0 Np M38 1 0xf5, Rmv, Bytes(8);
    Shrx = "shrx", Vex0 Pf2 M38 1 0xf7, Rmv, Bytes(8);
    Pdep = "pdep", Vex0 Pf2 M38 1 0xf5, Rvm, Bytes(8);
    // The lesser and the greater of two signed numbers: a comparison and a conditional move.
    Least = "cmp+cmovg", Legacy Np M0f 1 0x4f, Adds, Bytes(8);
    Greatest = "cmp+cmovl", Legacy Np M0f 1 0x4c, Adds, Bytes(8);
    // Divisions through rax and rdx, which nothing else uses.
    Divide = "div", Legacy Np One 1 0xf7, Several, Bytes(8);
    Remainder = "div", Legacy Np One 1 0xf7, Several, Bytes(8);
    DivideSigned = "idiv", Legacy Np One 1 0xf7, Several, Bytes(8);
    RemainderSigned = "idiv", Legacy Np One 1 0xf7, Several, Bytes(8);
    // The lesser of a number and what lies at an address, left there and given, whoever else does so.
    Lowered = "lock cmpxchg", Legacy Np M0f 1 0xb1, Several, Bytes(8);

    // Masks.
    Kmov = "kmovq", Vex0 Np M0f 1 0x90, Rm, Bytes(8);
    KmovStore = "kmovq", Vex0 Np M0f 1 0x91, Mr, Bytes(8);
    KmovFrom = "kmovq", Vex0 Pf2 M0f 1 0x92, Rm, Bytes(8);
    KmovTo8 = "kmovb", Vex0 P66 M0f 0 0x93, Rm, Bytes(8);
    KmovTo16 = "kmovw", Vex0 Np M0f 0 0x93, Rm, Bytes(8);
    KmovTo32 = "kmovd", Vex0 Pf2 M0f 0 0x93, Rm, Bytes(8);
    KmovTo = "kmovq", Vex0 Pf2 M0f 1 0x93, Rm, Bytes(8);
    Kand = "kandq", Vex1 Np M0f 1 0x41, Rvm, Bytes(8);
    Kandn = "kandnq", Vex1 Np M0f 1 0x42, Rvm, Bytes(8);
    Knot = "knotq", Vex0 Np M0f 1 0x44, Rm, Bytes(8);
    Kor = "korq", Vex1 Np M0f 1 0x45, Rvm, Bytes(8);
    Kxnor = "kxnorq", Vex1 Np M0f 1 0x46, Rvm, Bytes(8);
    Kxor = "kxorq", Vex1 Np M0f 1 0x47, Rvm, Bytes(8);
    Kzeros = "kxorq", Vex1 Np M0f 1 0x47, Same, Bytes(8);
    Kones = "kxnorq", Vex1 Np M0f 1 0x46, Same, Bytes(8);
    Kunpckbw = "kunpckbw", Vex1 P66 M0f 0 0x4b, Rvm, Bytes(8);
    Kunpckwd = "kunpckwd", Vex1 Np M0f 0 0x4b, Rvm, Bytes(8);
    Kunpckdq = "kunpckdq", Vex1 Np M0f 1 0x4b, Rvm, Bytes(8);
    Kshiftr = "kshiftrq", Vex0 P66 M3a 1 0x31, Rm, Bytes(8);

    // Moves of vectors.
    Vmovdqa64 = "vmovdqa64", Evex P66 M0f 1 0x6f, Rm, Full;
    Vmovdqa64Store = "vmovdqa64", Evex P66 M0f 1 0x7f, Mr, Full;
    Vmovdqu8 = "vmovdqu8", Evex Pf2 M0f 0 0x6f, Rm, Full;
    Vmovdqu16 = "vmovdqu16", Evex Pf2 M0f 1 0x6f, Rm, Full;
    Vmovdqu32 = "vmovdqu32", Evex Pf3 M0f 0 0x6f, Rm, Full;
    Vmovdqu64 = "vmovdqu64", Evex Pf3 M0f 1 0x6f, Rm, Full;
    Vmovdqu8Store = "vmovdqu8", Evex Pf2 M0f 0 0x7f, Mr, Full;
    Vmovdqu16Store = "vmovdqu16", Evex Pf2 M0f 1 0x7f, Mr, Full;
    Vmovdqu32Store = "vmovdqu32", Evex Pf3 M0f 0 0x7f, Mr, Full;
    Vmovdqu64Store = "vmovdqu64", Evex Pf3 M0f 1 0x7f, Mr, Full;
    Vmovd = "vmovd", Evex P66 M0f 0 0x6e, Rm, Bytes(4);
    Vmovq = "vmovq", Evex P66 M0f 1 0x6e, Rm, Bytes(8);
    Vmovntdq = "vmovntdq", Evex P66 M0f 0 0xe7, Mr, Full;
    VmovdStore = "vmovd", Evex P66 M0f 0 0x7e, Mr, Bytes(4);
    VmovqStore = "vmovq", Evex P66 M0f 1 0x7e, Mr, Bytes(8);
    VpextrbStore = "vpextrb", Evex P66 M3a 0 0x14, Mr, Bytes(1);
    VpextrwStore = "vpextrw", Evex P66 M3a 0 0x15, Mr, Bytes(2);
    Vpbroadcastb = "vpbroadcastb", Evex P66 M38 0 0x78, Rm, Bytes(1);
    Vpbroadcastw = "vpbroadcastw", Evex P66 M38 0 0x79, Rm, Bytes(2);
    Vpbroadcastd = "vpbroadcastd", Evex P66 M38 0 0x58, Rm, Bytes(4);
    Vpbroadcastq = "vpbroadcastq", Evex P66 M38 1 0x59, Rm, Bytes(8);
    VpbroadcastqFrom = "vpbroadcastq", Evex P66 M38 1 0x7c, Rm, Bytes(8);
    Vextracti64x2 = "vextracti64x2", Evex P66 M3a 1 0x39, Mr, Bytes(16);
    Vextracti64x4 = "vextracti64x4", Evex P66 M3a 1 0x3b, Mr, Bytes(32);
    Vinserti64x2 = "vinserti64x2", Evex P66 M3a 1 0x38, Rvm, Bytes(16);
    Vinserti64x4 = "vinserti64x4", Evex P66 M3a 1 0x3a, Rvm, Bytes(32);
    Vpunpckldq = "vpunpckldq", Evex P66 M0f 0 0x62, Rvm, Full4;
    Vpunpcklqdq = "vpunpcklqdq", Evex P66 M0f 1 0x6c, Rvm, Full8;
    Vpermt2w = "vpermt2w", Evex P66 M38 1 0x7d, Changes, Full;
    Vpermt2d = "vpermt2d", Evex P66 M38 0 0x7e, Changes, Full4;
    Vpermt2q = "vpermt2q", Evex P66 M38 1 0x7e, Changes, Full8;
    Vpgatherqd = "vpgatherqd", Evex P66 M38 0 0x91, Gather, Bytes(4);
    Vpgatherqq = "vpgatherqq", Evex P66 M38 1 0x91, Gather, Bytes(8);
    Vpscatterqd = "vpscatterqd", Evex P66 M38 0 0xa1, Scatter, Bytes(4);
    Vpscatterqq = "vpscatterqq", Evex P66 M38 1 0xa1, Scatter, Bytes(8);
    Vzero = "vpxord", Evex P66 M0f 0 0xef, Same, Full4;

    // Floats.
    Vaddps = "vaddps", Evex Np M0f 0 0x58, Rvm, Full4;
    Vaddpd = "vaddpd", Evex P66 M0f 1 0x58, Rvm, Full8;
    Vsubps = "vsubps", Evex Np M0f 0 0x5c, Rvm, Full4;
    Vsubpd = "vsubpd", Evex P66 M0f 1 0x5c, Rvm, Full8;
    Vmulps = "vmulps", Evex Np M0f 0 0x59, Rvm, Full4;
    Vmulpd = "vmulpd", Evex P66 M0f 1 0x59, Rvm, Full8;
    Vdivps = "vdivps", Evex Np M0f 0 0x5e, Rvm, Full4;
    Vdivpd = "vdivpd", Evex P66 M0f 1 0x5e, Rvm, Full8;
    Vminps = "vminps", Evex Np M0f 0 0x5d, Rvm, Full4;
    Vminpd = "vminpd", Evex P66 M0f 1 0x5d, Rvm, Full8;
    Vmaxps = "vmaxps", Evex Np M0f 0 0x5f, Rvm, Full4;
    Vmaxpd = "vmaxpd", Evex P66 M0f 1 0x5f, Rvm, Full8;
    Vsqrtps = "vsqrtps", Evex Np M0f 0 0x51, Rm, Full4;
    Vsqrtpd = "vsqrtpd", Evex P66 M0f 1 0x51, Rm, Full8;
    Vrndscaleps = "vrndscaleps", Evex P66 M3a 0 0x08, Rm, Full4;
    Vrndscalepd = "vrndscalepd", Evex P66 M3a 1 0x09, Rm, Full8;
    Vfmadd213ps = "vfmadd213ps", Evex P66 M38 0 0xa8, Changes, Full4;
    Vfmadd213pd = "vfmadd213pd", Evex P66 M38 1 0xa8, Changes, Full8;
    Vfmadd231ps = "vfmadd231ps", Evex P66 M38 0 0xb8, Changes, Full4;
    Vfmadd231pd = "vfmadd231pd", Evex P66 M38 1 0xb8, Changes, Full8;

    // Integers.
    Vpandd = "vpandd", Evex P66 M0f 0 0xdb, Rvm, Full4;
    Vpandq = "vpandq", Evex P66 M0f 1 0xdb, Rvm, Full8;
    Vpord = "vpord", Evex P66 M0f 0 0xeb, Rvm, Full4;
    Vporq = "vporq", Evex P66 M0f 1 0xeb, Rvm, Full8;
    Vpxord = "vpxord", Evex P66 M0f 0 0xef, Rvm, Full4;
    Vpxorq = "vpxorq", Evex P66 M0f 1 0xef, Rvm, Full8;
    Vpaddb = "vpaddb", Evex P66 M0f 0 0xfc, Rvm, Full;
    Vpaddw = "vpaddw", Evex P66 M0f 0 0xfd, Rvm, Full;
    Vpaddd = "vpaddd", Evex P66 M0f 0 0xfe, Rvm, Full4;
    Vpaddq = "vpaddq", Evex P66 M0f 1 0xd4, Rvm, Full8;
    Vpsubb = "vpsubb", Evex P66 M0f 0 0xf8, Rvm, Full;
    Vpsubw = "vpsubw", Evex P66 M0f 0 0xf9, Rvm, Full;
    Vpsubd = "vpsubd", Evex P66 M0f 0 0xfa, Rvm, Full4;
    Vpsubq = "vpsubq", Evex P66 M0f 1 0xfb, Rvm, Full8;
    Vpmullw = "vpmullw", Evex P66 M0f 0 0xd5, Rvm, Full;
    Vpmulld = "vpmulld", Evex P66 M38 0 0x40, Rvm, Full4;
    Vpmullq = "vpmullq", Evex P66 M38 1 0x40, Rvm, Full8;
    Vpmuludq = "vpmuludq", Evex P66 M0f 1 0xf4, Rvm, Full8;
    Vpabsb = "vpabsb", Evex P66 M38 0 0x1c, Rm, Full;
    Vpabsw = "vpabsw", Evex P66 M38 0 0x1d, Rm, Full;
    Vpabsd = "vpabsd", Evex P66 M38 0 0x1e, Rm, Full4;
    Vpabsq = "vpabsq", Evex P66 M38 1 0x1f, Rm, Full8;
    Vpminsb = "vpminsb", Evex P66 M38 0 0x38, Rvm, Full;
    Vpminsw = "vpminsw", Evex P66 M0f 0 0xea, Rvm, Full;
    Vpminsd = "vpminsd", Evex P66 M38 0 0x39, Rvm, Full4;
    Vpminsq = "vpminsq", Evex P66 M38 1 0x39, Rvm, Full8;
    Vpminub = "vpminub", Evex P66 M0f 0 0xda, Rvm, Full;
    Vpminuw = "vpminuw", Evex P66 M38 0 0x3a, Rvm, Full;
    Vpminud = "vpminud", Evex P66 M38 0 0x3b, Rvm, Full4;
    Vpminuq = "vpminuq", Evex P66 M38 1 0x3b, Rvm, Full8;
    Vpmaxsb = "vpmaxsb", Evex P66 M38 0 0x3c, Rvm, Full;
    Vpmaxsw = "vpmaxsw", Evex P66 M0f 0 0xee, Rvm, Full;
    Vpmaxsd = "vpmaxsd", Evex P66 M38 0 0x3d, Rvm, Full4;
    Vpmaxsq = "vpmaxsq", Evex P66 M38 1 0x3d, Rvm, Full8;
    Vpmaxub = "vpmaxub", Evex P66 M0f 0 0xde, Rvm, Full;
    Vpmaxuw = "vpmaxuw", Evex P66 M38 0 0x3e, Rvm, Full;
    Vpmaxud = "vpmaxud", Evex P66 M38 0 0x3f, Rvm, Full4;
    Vpmaxuq = "vpmaxuq", Evex P66 M38 1 0x3f, Rvm, Full8;

    // Shifts by one count, and by a count for each lane.
    Vpsllw = "vpsllw", Evex P66 M0f 0 0x71, Vm(6), Full;
    Vpslld = "vpslld", Evex P66 M0f 0 0x72, Vm(6), Full4;
    Vpsllq = "vpsllq", Evex P66 M0f 1 0x73, Vm(6), Full8;
    Vpsrlw = "vpsrlw", Evex P66 M0f 0 0x71, Vm(2), Full;
    Vpsrld = "vpsrld", Evex P66 M0f 0 0x72, Vm(2), Full4;
    Vpsrlq = "vpsrlq", Evex P66 M0f 1 0x73, Vm(2), Full8;
    Vpsraw = "vpsraw", Evex P66 M0f 0 0x71, Vm(4), Full;
    Vpsrad = "vpsrad", Evex P66 M0f 0 0x72, Vm(4), Full4;
    Vpsraq = "vpsraq", Evex P66 M0f 1 0x72, Vm(4), Full8;
    Vpsrldq = "vpsrldq", Evex P66 M0f 0 0x73, Vm(3), Full;
    Vpsllvw = "vpsllvw", Evex P66 M38 1 0x12, Rvm, Full;
    Vpsllvd = "vpsllvd", Evex P66 M38 0 0x47, Rvm, Full4;
    Vpsllvq = "vpsllvq", Evex P66 M38 1 0x47, Rvm, Full8;
    Vpsrlvw = "vpsrlvw", Evex P66 M38 1 0x10, Rvm, Full;
    Vpsrlvd = "vpsrlvd", Evex P66 M38 0 0x45, Rvm, Full4;
    Vpsrlvq = "vpsrlvq", Evex P66 M38 1 0x45, Rvm, Full8;
    Vpsravw = "vpsravw", Evex P66 M38 1 0x11, Rvm, Full;
    Vpsravd = "vpsravd", Evex P66 M38 0 0x46, Rvm, Full4;
    Vpsravq = "vpsravq", Evex P66 M38 1 0x46, Rvm, Full8;

    // Comparisons into masks, and choices by masks.
    Vcmpps = "vcmpps", Evex Np M0f 0 0xc2, Rvm, Full4;
    Vcmppd = "vcmppd", Evex P66 M0f 1 0xc2, Rvm, Full8;
    Vpcmpb = "vpcmpb", Evex P66 M3a 0 0x3f, Rvm, Full;
    Vpcmpw = "vpcmpw", Evex P66 M3a 1 0x3f, Rvm, Full;
    Vpcmpd = "vpcmpd", Evex P66 M3a 0 0x1f, Rvm, Full4;
    Vpcmpq = "vpcmpq", Evex P66 M3a 1 0x1f, Rvm, Full8;
    Vpcmpub = "vpcmpub", Evex P66 M3a 0 0x3e, Rvm, Full;
    Vpcmpuw = "vpcmpuw", Evex P66 M3a 1 0x3e, Rvm, Full;
    Vpcmpud = "vpcmpud", Evex P66 M3a 0 0x1e, Rvm, Full4;
    Vpcmpuq = "vpcmpuq", Evex P66 M3a 1 0x1e, Rvm, Full8;
    Vptestmb = "vptestmb", Evex P66 M38 0 0x26, Rvm, Full;
    Vblendmps = "vblendmps", Evex P66 M38 0 0x65, Rvm, Full4;
    Vblendmpd = "vblendmpd", Evex P66 M38 1 0x65, Rvm, Full8;
    Vpblendmb = "vpblendmb", Evex P66 M38 0 0x66, Rvm, Full;
    Vpblendmw = "vpblendmw", Evex P66 M38 1 0x66, Rvm, Full;
    Vpblendmd = "vpblendmd", Evex P66 M38 0 0x64, Rvm, Full4;
    Vpblendmq = "vpblendmq", Evex P66 M38 1 0x64, Rvm, Full8;

    // Conversions. The vector size is that of the larger side.
    Vpmovsxbw = "vpmovsxbw", Evex P66 M38 0 0x20, Rm, Part(2);
    Vpmovsxbd = "vpmovsxbd", Evex P66 M38 0 0x21, Rm, Part(4);
    Vpmovsxbq = "vpmovsxbq", Evex P66 M38 0 0x22, Rm, Part(8);
    Vpmovsxwd = "vpmovsxwd", Evex P66 M38 0 0x23, Rm, Part(2);
    Vpmovsxwq = "vpmovsxwq", Evex P66 M38 0 0x24, Rm, Part(4);
    Vpmovsxdq = "vpmovsxdq", Evex P66 M38 0 0x25, Rm, Part(2);
    Vpmovzxbw = "vpmovzxbw", Evex P66 M38 0 0x30, Rm, Part(2);
    Vpmovzxbd = "vpmovzxbd", Evex P66 M38 0 0x31, Rm, Part(4);
    Vpmovzxbq = "vpmovzxbq", Evex P66 M38 0 0x32, Rm, Part(8);
    Vpmovzxwd = "vpmovzxwd", Evex P66 M38 0 0x33, Rm, Part(2);
    Vpmovzxwq = "vpmovzxwq", Evex P66 M38 0 0x34, Rm, Part(4);
    Vpmovzxdq = "vpmovzxdq", Evex P66 M38 0 0x35, Rm, Part(2);
    Vpmovwb = "vpmovwb", Evex Pf3 M38 0 0x30, Mr, Part(2);
    Vpmovdb = "vpmovdb", Evex Pf3 M38 0 0x31, Mr, Part(4);
    Vpmovqb = "vpmovqb", Evex Pf3 M38 0 0x32, Mr, Part(8);
    Vpmovdw = "vpmovdw", Evex Pf3 M38 0 0x33, Mr, Part(2);
    Vpmovqw = "vpmovqw", Evex Pf3 M38 0 0x34, Mr, Part(4);
    Vpmovqd = "vpmovqd", Evex Pf3 M38 0 0x35, Mr, Part(2);
    Vpmovsdb = "vpmovsdb", Evex Pf3 M38 0 0x21, Mr, Part(4);
    Vpmovsdw = "vpmovsdw", Evex Pf3 M38 0 0x23, Mr, Part(2);
    Vpmovusdb = "vpmovusdb", Evex Pf3 M38 0 0x11, Mr, Part(4);
    Vpmovusdw = "vpmovusdw", Evex Pf3 M38 0 0x13, Mr, Part(2);
    Vcvtph2ps = "vcvtph2ps", Evex P66 M38 0 0x13, Rm, Part(2);
    Vcvtps2ph = "vcvtps2ph", Evex P66 M3a 0 0x1d, Mr, Part(2);
    Vcvtps2pd = "vcvtps2pd", Evex Np M0f 0 0x5a, Rm, Part(2);
    Vcvtpd2ps = "vcvtpd2ps", Evex P66 M0f 1 0x5a, Rm, Full8;
    Vcvtdq2ps = "vcvtdq2ps", Evex Np M0f 0 0x5b, Rm, Full4;
    Vcvtudq2ps = "vcvtudq2ps", Evex Pf2 M0f 0 0x7a, Rm, Full4;
    Vcvtdq2pd = "vcvtdq2pd", Evex Pf3 M0f 0 0xe6, Rm, Part(2);
    Vcvtudq2pd = "vcvtudq2pd", Evex Pf3 M0f 0 0x7a, Rm, Part(2);
    Vcvtqq2ps = "vcvtqq2ps", Evex Np M0f 1 0x5b, Rm, Full8;
    Vcvtuqq2ps = "vcvtuqq2ps", Evex Pf2 M0f 1 0x7a, Rm, Full8;
    Vcvtqq2pd = "vcvtqq2pd", Evex Pf3 M0f 1 0xe6, Rm, Full8;
    Vcvtuqq2pd = "vcvtuqq2pd", Evex Pf3 M0f 1 0x7a, Rm, Full8;
    Vcvttps2dq = "vcvttps2dq", Evex Pf3 M0f 0 0x5b, Rm, Full4;
    Vcvttps2udq = "vcvttps2udq", Evex Np M0f 0 0x78, Rm, Full4;
    Vcvttps2qq = "vcvttps2qq", Evex P66 M0f 0 0x7a, Rm, Part(2);
    Vcvttps2uqq = "vcvttps2uqq", Evex P66 M0f 0 0x78, Rm, Part(2);
    Vcvttpd2dq = "vcvttpd2dq", Evex P66 M0f 1 0xe6, Rm, Full8;
    Vcvttpd2udq = "vcvttpd2udq", Evex Np M0f 1 0x78, Rm, Full8;
    Vcvttpd2qq = "vcvttpd2qq", Evex P66 M0f 1 0x7a, Rm, Full8;
    Vcvttpd2uqq = "vcvttpd2uqq", Evex P66 M0f 1 0x78, Rm, Full8;
}
