//! Machine code in memory, and the only calls into it.
//!
//! One module for each kernel: its code is unmapped when the last user drops it. This is the one
//! file of the crate that needs `unsafe`.

use super::emit::Clif;
use crate::error::Error;
use crate::mapping::Mapping;
use crate::walk::{Entry, walk};
use crate::wide;
use cranelift_codegen::ir::{AbiParam, Function, Signature, UserFuncName, types};
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module, default_libcall_names};
use numfuse_ir::kernel::Kernel;
use numfuse_ir::target::Vectors;
use smallvec::SmallVec;
use std::sync::OnceLock;

type Function3 = unsafe extern "C" fn(*const u64, u64, u64);

/// The machine code of one kernel under one mapping.
pub struct Code {
    mapping: Mapping,
    /// Bytes of each entry.
    bytes: SmallVec<[usize; 2]>,
    main: Function3,
    finish: Option<Function3>,
    module: Option<JITModule>,
}

// SAFETY: after `Code::new` the module is not touched until it is dropped, and machine code and
// function pointers may be used by any thread.
unsafe impl Send for Code {}
// SAFETY: as above; all methods only read.
unsafe impl Sync for Code {}

/// The sizes of the entries of a kernel, and where the main one and the finishing one begin.
type Entries = (SmallVec<[usize; 2]>, [Option<Function3>; 2]);

impl Code {
    /// Compiles a kernel, by Cranelift or into vectors of 512 bits.
    pub(crate) fn new(kernel: &Kernel, mapping: Mapping, vectors: Vectors) -> Result<Code, Error> {
        let mut builder = JITBuilder::with_isa(native()?, default_libcall_names());
        builder.symbol("fmaf", fused32 as *const u8).symbol("fma", fused64 as *const u8);
        let mut module = JITModule::new(builder);
        match Code::define(&mut module, kernel, mapping, vectors) {
            Ok((bytes, [main, finish])) => {
                let main = main.expect("every kernel has a main entry");
                Ok(Code { mapping, bytes, main, finish, module: Some(module) })
            }
            Err(error) => {
                // SAFETY: nothing that was defined has been handed out.
                unsafe { module.free_memory() };
                Err(error)
            }
        }
    }

    /// Defines the entries of a kernel in a module: their sizes, and where they are.
    fn define(
        module: &mut JITModule,
        kernel: &Kernel,
        mapping: Mapping,
        vectors: Vectors,
    ) -> Result<Entries, Error> {
        let (mut functions, mut bytes) = (Vec::new(), SmallVec::new());
        // Cranelift tells names to a `perf` that has started this process.
        let title = title(kernel, mapping);
        for (&entry, part) in Entry::of(mapping).iter().zip(["", " finish"]) {
            let name = format!("numfuse {title}{part}");
            let id =
                module.declare_function(&name, Linkage::Export, &signature(module.isa())).map_err(backend)?;
            bytes.push(match vectors {
                Vectors::Bits128 => define(module, id, kernel, mapping, entry)?,
                Vectors::Bits512 => {
                    let code = wide::bytes(kernel, mapping, entry)?;
                    module.define_function_bytes(id, wide::ALIGNMENT, &code, &[]).map_err(backend)?;
                    code.len()
                }
            });
            functions.push(id);
        }
        module.finalize_definitions().map_err(backend)?;
        let mut entries = functions.iter().map(|&id| {
            let address = module.get_finalized_function(id);
            // SAFETY: `function` gives every entry the signature of `Function3`, and so does `wide`.
            unsafe { std::mem::transmute::<*const u8, Function3>(address) }
        });
        let entries = [entries.next(), entries.next()];
        Ok((bytes, entries))
    }

    /// The mapping it was compiled for.
    pub fn mapping(&self) -> Mapping {
        self.mapping
    }

    /// How many bytes of machine code there are.
    pub fn bytes(&self) -> usize {
        self.bytes.iter().sum()
    }

    /// Where the machine code of each entry begins, and how many bytes it has.
    pub fn places(&self) -> impl Iterator<Item = (usize, usize)> {
        let entries = std::iter::once(self.main).chain(self.finish);
        entries.map(|entry| entry as usize).zip(self.bytes.iter().copied())
    }

    /// Does the units `begin..end`.
    ///
    /// # Safety
    ///
    /// `words` are those of [`crate::abi`] for this kernel: the buffers hold every element that
    /// the kernel's indices name, no other thread writes what is read or touches what is written
    /// by these units, and `end` is at most the number of units of the launch.
    pub unsafe fn call(&self, words: &[u64], begin: u64, end: u64) {
        // SAFETY: the caller upholds the contract of the kernel's indices.
        unsafe { (self.main)(words.as_ptr(), begin, end) }
    }

    /// Does the units `begin..end` of the second entry, after all units of the first; nothing for
    /// kernels that have none.
    ///
    /// # Safety
    ///
    /// As for [`Code::call`].
    pub unsafe fn finish(&self, words: &[u64], begin: u64, end: u64) {
        if let Some(finish) = self.finish {
            // SAFETY: the caller upholds the contract of the kernel's indices.
            unsafe { finish(words.as_ptr(), begin, end) }
        }
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Code({}, {} bytes)", self.mapping, self.bytes())
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: the function pointers are private and die with `self`; calls borrow `self`,
            // so none is under way.
            unsafe { module.free_memory() }
        }
    }
}

/// What a kernel is called where there is no room for its text: `exp+sum row x16`.
pub fn title(kernel: &Kernel, mapping: Mapping) -> String {
    /// How many operations are named at most.
    const NAMED: usize = 8;
    let operations = kernel.operations();
    let named = operations[..operations.len().min(NAMED)].join("+");
    let more = if operations.len() > NAMED { "+…" } else { "" };
    format!("{}{more} {mapping}", if named.is_empty() { "copy" } else { &named })
}

/// The signature of every entry.
fn signature(isa: &dyn TargetIsa) -> Signature {
    let mut signature = Signature::new(CallConv::triple_default(isa.triple()));
    signature.params.extend([AbiParam::new(types::I64); 3]);
    signature
}

/// Compiles one entry by Cranelift; gives how many bytes of code there are.
fn define(
    module: &mut JITModule,
    id: FuncId,
    kernel: &Kernel,
    mapping: Mapping,
    entry: Entry,
) -> Result<usize, Error> {
    let mut context = module.make_context();
    context.func = function(module.isa(), kernel, mapping, entry);
    module.define_function(id, &mut context).map_err(backend)?;
    Ok(context.compiled_code().map_or(0, |c| c.code_buffer().len()))
}

/// The CLIF of one entry.
pub(super) fn function(isa: &dyn TargetIsa, kernel: &Kernel, mapping: Mapping, entry: Entry) -> Function {
    let signature = signature(isa);
    let mut function = Function::with_name_signature(UserFuncName::user(0, entry as u32), signature);
    let mut context = FunctionBuilderContext::new();
    let mut clif = Clif::new(FunctionBuilder::new(&mut function, &mut context), kernel);
    walk(kernel, mapping, entry, &mut clif);
    clif.finish(isa.frontend_config());
    function
}

/// The instruction set of this machine.
fn native() -> Result<OwnedTargetIsa, Error> {
    static NATIVE: OnceLock<Result<OwnedTargetIsa, Error>> = OnceLock::new();
    let make = || {
        let builder = cranelift_native::builder().map_err(|e| Error::Backend(e.into()))?;
        builder.finish(settings::Flags::new(flags())).map_err(backend)
    };
    NATIVE.get_or_init(make).clone()
}

/// A fixed instruction set for text that must be the same everywhere: x86-64 with AVX2 and FMA.
pub(super) fn fixed() -> Result<OwnedTargetIsa, Error> {
    let mut builder = cranelift_codegen::isa::lookup_by_name("x86_64-unknown-linux-gnu").map_err(backend)?;
    for feature in ["x86-64-v3", "has_avx", "has_avx2", "has_fma"] {
        builder.enable(feature).map_err(backend)?;
    }
    builder.finish(settings::Flags::new(flags())).map_err(backend)
}

fn flags() -> settings::Builder {
    let mut flags = settings::builder();
    let verify = if cfg!(debug_assertions) { "true" } else { "false" };
    let options = [
        ("opt_level", "none"),
        ("is_pic", "false"),
        ("enable_verifier", verify),
        ("use_colocated_libcalls", "false"),
        // Frames of several pages touch each: a stack that ends is a fault at its guard page.
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
    ];
    for (name, value) in options {
        flags.set(name, value).expect("these settings exist in the pinned version");
    }
    flags
}

fn backend(error: impl std::fmt::Debug) -> Error {
    Error::Backend(format!("{error:?}"))
}

/// What `fma` calls on machines without the instruction.
extern "C" fn fused32(a: f32, b: f32, c: f32) -> f32 {
    a.mul_add(b, c)
}

/// The same for float64.
extern "C" fn fused64(a: f64, b: f64, c: f64) -> f64 {
    a.mul_add(b, c)
}
