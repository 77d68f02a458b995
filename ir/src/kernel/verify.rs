//! stub
/// stub
pub fn verify(_: &super::Kernel) -> Result<(), String> { Ok(()) }
