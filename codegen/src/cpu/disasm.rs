//! The text of a kernel's code, for golden files and `explain`.

use super::jit;
use crate::error::Error;
use crate::mapping::Mapping;
use crate::walk::Entry;
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use numfuse_ir::kernel::Kernel;

/// The CLIF of a kernel, the same on every machine.
pub fn clif(kernel: &Kernel, mapping: Mapping) -> Result<String, Error> {
    crate::check_for_core(kernel, mapping)?;
    let isa = jit::fixed()?;
    let text = |entry| jit::function(&*isa, kernel, mapping, entry).display().to_string();
    Ok(Entry::of(mapping).iter().map(|&e| text(e)).collect::<Vec<_>>().join("\n"))
}

/// The machine code of a kernel for x86-64 with AVX2 and FMA, as text.
pub fn disassemble(kernel: &Kernel, mapping: Mapping) -> Result<String, Error> {
    let isa = jit::fixed()?;
    let mut text = String::new();
    for &entry in Entry::of(mapping) {
        let mut context = Context::for_function(jit::function(&*isa, kernel, mapping, entry));
        context.set_disasm(true);
        let code = context.compile(&*isa, &mut ControlPlane::default());
        let code = code.map_err(|e| Error::Backend(format!("{:?}", e.inner)))?;
        text += code.vcode.as_deref().unwrap_or_default();
    }
    Ok(text)
}
