//! The text of a graph: one line a node, in order, then the outputs.
//!
//! ```text
//! %0 = leaf 0 : f32[3,4]
//! %1 = const 2.0 : f32[]
//! %2 = expand %1 : f32[3,4]
//! %3 = multiply %0 %2 : f32[3,4]
//! %4 = sum axes 1 %3 : f32[3]
//! out %4
//! ```
//!
//! A line reads: name, operation, its numbers, its operands, type and shape of the result. The text
//! is complete: [`parse`](super::parse::parse) gives the same graph back, bit for bit. [`dot`] draws
//! the same nodes through petgraph.

use super::parse::literal_of;
use super::{Graph, Kind, NodeId};
use crate::dtype::DType;
use crate::gather::Source;
use crate::scalar::Scalar;
use crate::shape::Shape;
use petgraph::dot::{Config, Dot};
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use std::fmt;

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for n in self.nodes() {
            writeln!(f, "{}", Line { graph: self, n })?;
        }
        Outputs(self.outputs()).fmt(f)
    }
}

/// The last line: which nodes are asked for, where any are.
struct Outputs<'a>(&'a [NodeId]);

impl fmt::Display for Outputs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        f.write_str("out")?;
        self.0.iter().try_for_each(|n| write!(f, " {n:?}"))?;
        f.write_str("\n")
    }
}

/// The text of a graph of at most so many nodes; of a longer one the first and the last lines, and in
/// between how many there are more.
pub fn excerpt(graph: &Graph, most: usize) -> String {
    let Some(more) = graph.len().checked_sub(most).filter(|more| *more > 0) else { return graph.to_string() };
    let lines = |from, until| {
        graph
            .nodes()
            .skip(from)
            .take(until - from)
            .map(|n| format!("{}\n", Line { graph, n }))
            .collect::<String>()
    };
    let first = most / 2;
    let last = first + more;
    format!("{}… {more} more …\n{}{}", lines(0, first), lines(last, graph.len()), Outputs(graph.outputs()))
}

/// One node as a line of text, without the line's end.
pub(super) struct Line<'a> {
    /// The graph.
    pub(super) graph: &'a Graph,
    /// The node.
    pub(super) n: NodeId,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let node = self.graph.node(self.n);
        write!(f, "{:?} = {}", self.n, node.kind)?;
        self.graph.inputs(self.n).iter().try_for_each(|n| write!(f, " {n:?}"))?;
        write!(f, " : {}", Type(node.dtype, &node.shape))
    }
}

/// The operation with its numbers, without operands.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Leaf(i) => write!(f, "leaf {i}"),
            Kind::Const(value) => write!(f, "const {}", Literal(*value)),
            Kind::Scalar(k) => write!(f, "scalar {k}"),
            Kind::Iota(axis) => write!(f, "iota {axis}"),
            Kind::Map(op) => f.write_str(op.name()),
            Kind::Cast => f.write_str("cast"),
            Kind::View(view) => write!(f, "{view}"),
            Kind::Pad(before) => {
                f.write_str("pad")?;
                before.iter().try_for_each(|n| write!(f, " {n}"))
            }
            Kind::Update(parts) => {
                f.write_str("update")?;
                parts.iter().try_for_each(|(start, step)| write!(f, " {start}:{step}"))
            }
            Kind::Scan { fold, axis } => write!(f, "scan {} axis {axis}", fold.name()),
            Kind::Gather { from, bounds } => {
                write!(f, "gather {}", bounds.name())?;
                from.iter().try_for_each(|source| match source {
                    Source::Index => f.write_str(" *"),
                    Source::Axis(axis) => write!(f, " {axis}"),
                })
            }
            Kind::Reduce { fold, part, axes } => {
                f.write_str(fold.name())?;
                if *part > 0 {
                    write!(f, " part {part}")?;
                }
                f.write_str(" axes")?;
                axes.iter().try_for_each(|a| write!(f, " {a}"))
            }
            Kind::Library(op) => f.write_str(op.name()),
        }
    }
}

/// A type and a shape: `f32[3,4]`.
pub(super) struct Type<'a>(pub(super) DType, pub(super) &'a Shape);

impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[", self.0.short())?;
        for (i, n) in self.1.iter().enumerate() {
            write!(f, "{}{n}", if i == 0 { "" } else { "," })?;
        }
        f.write_str("]")
    }
}

/// A constant that reads back bit for bit: as a number where the number says it all, else as bits
/// (the NaNs, of which there are many).
pub(crate) struct Literal(pub(crate) Scalar);

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        match literal_of(self.0.dtype(), &text) {
            Ok(back) if back == self.0 => f.write_str(&text),
            _ => write!(f, "{:#x}", self.0.bits()),
        }
    }
}

/// The graph in Graphviz's language: outputs have a double frame, an edge into an operation of
/// several operands carries the operand's position.
pub fn dot(graph: &Graph) -> String {
    let node_label = |_, (at, ()): (NodeIndex, &())| {
        let n = NodeId::from_index(at.index());
        let node = graph.node(n);
        let frame = if graph.outputs().contains(&n) { ", peripheries = 2" } else { "" };
        let of = Type(node.dtype, &node.shape);
        format!("shape = box, label = \"{n:?} {}\\n{of}\"{frame}", node.kind)
    };
    let edge_label = |_, edge: petgraph::graph::EdgeReference<'_, u8>| {
        let user = NodeId::from_index(edge.target().index());
        if graph.inputs(user).len() > 1 { format!("label = \"{}\"", edge.weight()) } else { String::new() }
    };
    let config = [Config::NodeNoLabel, Config::EdgeNoLabel];
    format!("{:?}", Dot::with_attr_getters(graph.dag(), &config, &edge_label, &node_label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Node;
    use crate::graph::build;
    use crate::ops::Op;
    use crate::ops::fold::Fold;

    fn example() -> Graph {
        let mut g = Graph::new();
        let shape = Shape::new(&[3, 4]).unwrap();
        let x = g.insert(Node { kind: Kind::Leaf(0), shape, dtype: DType::F32 }, &[]);
        let two = build::constant(&mut g, Scalar::f32(2.0));
        let product = build::map(&mut g, Op::Multiply, &[x, two]).unwrap();
        let sum = build::reduce(&mut g, &product, Fold::Sum, 0, &[1], false).unwrap();
        g.add_output(sum);
        g
    }

    #[test]
    fn a_graph_reads_line_by_line() {
        let text = "%0 = leaf 0 : f32[3,4]\n%1 = const 2.0 : f32[]\n%2 = expand %1 : f32[3,4]\n\
                    %3 = multiply %0 %2 : f32[3,4]\n%4 = sum axes 1 %3 : f32[3]\nout %4\n";
        assert_eq!(example().to_string(), text);
    }

    #[test]
    fn an_excerpt_has_the_first_lines_the_last_and_the_outputs() {
        let graph = example();
        assert_eq!(excerpt(&graph, 5), graph.to_string());
        let text = "%0 = leaf 0 : f32[3,4]\n%1 = const 2.0 : f32[]\n… 1 more …\n\
                    %3 = multiply %0 %2 : f32[3,4]\n%4 = sum axes 1 %3 : f32[3]\nout %4\n";
        assert_eq!(excerpt(&graph, 4), text);
    }

    #[test]
    fn literals_show_bits_only_where_a_number_would_not_read_back() {
        let text = |s| Literal(s).to_string();
        assert_eq!(text(Scalar::f64(-0.0)), "-0.0");
        assert_eq!(text(Scalar::f32(f32::INFINITY)), "inf");
        assert_eq!(text(Scalar::f32(f32::from_bits(0x7fc0_0000))), "NaN");
        assert_eq!(text(Scalar::f32(f32::from_bits(0xffc0_0001))), "0xffc00001");
        assert_eq!(text(Scalar::from_i128(DType::I8, -128)), "-128");
        assert_eq!(text(Scalar::bool(true)), "true");
    }

    #[test]
    fn dot_draws_nodes_positions_and_outputs() {
        let text = dot(&example());
        assert!(text.contains("label = \"%3 multiply\\nf32[3,4]\""), "{text}");
        assert!(text.contains("%4 sum axes 1\\nf32[3]\", peripheries = 2"), "{text}");
        assert!(text.contains("2 -> 3 [ label = \"1\"]"), "{text}");
    }
}
