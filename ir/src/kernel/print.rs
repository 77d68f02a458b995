//! stub
impl std::fmt::Display for super::Kernel { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{self:#?}") } }
