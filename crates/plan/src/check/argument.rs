//! Arguments: what each is bound to, and whether that can fit.

use catalog::{JsonType, JsonTypes, Parameter, Tool};
use serde_json::{Value, json};

use super::Checker;
use super::reference::RefPlace;
use crate::closest::closest;
use crate::direct::given_already;
use crate::draft::{DraftBinding, DraftStep, Field};
use crate::operator::Operator;
use crate::shape::Shape;
use crate::template::{Part, parse};
use crate::{Arguments, Binding, FaultCode, ITEM, Piece, literal};

/// The argument a binding is for.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) tool: &'a Tool,
    pub(super) name: &'a str,
    pub(super) parameter: Option<&'a Parameter>,
}

impl Target<'_> {
    fn types(self) -> JsonTypes {
        self.parameter.map_or(JsonTypes::ANY, |parameter| parameter.types)
    }
}

impl Checker<'_> {
    /// All arguments of a call, those that need no asking filled in.
    pub(super) fn arguments(
        &mut self,
        at: usize,
        draft: &DraftStep,
        tool: &Tool,
        item: Option<&Shape>,
    ) -> Option<Arguments> {
        let mut args = Some(Arguments::new());
        let mut seen: Vec<&str> = Vec::new();
        for (place, (name, binding)) in draft.args.iter().enumerate() {
            let pointer = self.places.argument(at, place, name);
            if seen.contains(&name.as_str()) {
                self.fault(at, FaultCode::BadShape, pointer, format!("`{name}` is given twice"));
                continue;
            }
            seen.push(name);
            let parameter = tool.parameter(name);
            if tool.fixed.contains_key(name) {
                self.fault(at, FaultCode::UnknownArgument, pointer.clone(), given_already(tool, name));
            } else if parameter.is_none() && tool.is_closed() {
                self.unknown_argument(at, tool, name, pointer.clone());
            }
            if parameter.is_some_and(|parameter| is_absent(binding, parameter)) {
                continue;
            }
            let target = Target { tool, name, parameter };
            match (self.binding(at, binding, Some(target), item, &pointer), &mut args) {
                (Some(binding), Some(args)) => args.push((name.clone(), binding)),
                (None, args) => *args = None,
                (Some(_), None) => {}
            }
        }
        for parameter in tool.parameters.iter().filter(|parameter| parameter.required) {
            if seen.contains(&parameter.name.as_str()) {
                continue;
            }
            match (parameter.settled(), &mut args) {
                (Some(value), Some(args)) => args.push((parameter.name.clone(), Binding::Literal(value.clone()))),
                (Some(_), None) => {}
                (None, _) => self.missing_argument(at, tool, parameter),
            }
        }
        args
    }

    /// How one argument gets its value.
    pub(super) fn binding(
        &mut self,
        at: usize,
        draft: &DraftBinding,
        target: Option<Target<'_>>,
        item: Option<&Shape>,
        place: &str,
    ) -> Option<Binding> {
        let types = target.map_or(JsonTypes::ANY, Target::types);
        match draft {
            DraftBinding::Literal(value) => self.literal(at, value.clone(), target, place),
            DraftBinding::Text(text) => self.literal(at, literal::of_text(text, types), target, place),
            DraftBinding::Ref(reference) => {
                let (reference, shape) = self.reference(at, reference, &RefPlace::at(place.to_owned()))?;
                self.fits(at, &shape, target, place)?;
                Some(Binding::Ref(reference))
            }
            DraftBinding::Item(path) => {
                let path = self.path(at, path, place);
                let shape = self.in_item(at, path.as_ref(), item, place)?;
                self.fits(at, &shape, target, place)?;
                path.map(Binding::Item)
            }
            DraftBinding::Template(text) => {
                let pieces = self.template(at, text, item, place)?;
                self.fits(at, &Shape::of_schema(json!({"type": "string"})), target, place)?;
                Some(Binding::Template(pieces))
            }
        }
    }

    fn literal(&mut self, at: usize, value: Value, target: Option<Target<'_>>, place: &str) -> Option<Binding> {
        let Some(target) = target else { return Some(Binding::Literal(value)) };
        let value = literal::fitted(value, target.types());
        let faults = target.tool.check_argument(target.name, &value);
        for fault in &faults {
            let within = if fault.pointer.is_empty() { String::new() } else { format!(" at `{}`", fault.pointer) };
            let message = format!("`{}` of `{}`{within}: {}", target.name, target.tool.reference, fault.message);
            self.fault(at, FaultCode::LiteralMismatch, place.to_owned(), message);
            if let (Some(text), Some(parameter)) = (value.as_str(), target.parameter) {
                self.suggest(closest(text, parameter.choices()));
            }
        }
        faults.is_empty().then_some(Binding::Literal(value))
    }

    /// Whether a value of that shape can be the argument.
    fn fits(&mut self, at: usize, shape: &Shape, target: Option<Target<'_>>, place: &str) -> Option<()> {
        let Some(target) = target else { return Some(()) };
        let wanted = target.types();
        if shape.types().meets(wanted) {
            return Some(());
        }
        let message = format!(
            "`{}` of `{}` takes {}, and what is referred to is {}",
            target.name,
            target.tool.reference,
            in_words(wanted),
            in_words(shape.types())
        );
        self.fault(at, FaultCode::ReferenceMismatch, place.to_owned(), message);
        None
    }

    fn in_item(&mut self, at: usize, path: Option<&crate::Path>, item: Option<&Shape>, place: &str) -> Option<Shape> {
        let Some(item) = item else {
            let message = "an item is there only in an `each`; refer to a step's result instead";
            self.fault(at, FaultCode::ItemOutsideEach, place.to_owned(), message);
            return None;
        };
        let path = path?;
        let shape = item.at(path);
        if shape.is_none() {
            let message = format!("`{path}` does not exist in an item of what the `each` goes over");
            self.fault(at, FaultCode::ReferenceMismatch, place.to_owned(), message);
        }
        shape
    }

    fn template(&mut self, at: usize, text: &str, item: Option<&Shape>, place: &str) -> Option<Vec<Piece>> {
        let parts = match parse(text) {
            Ok(parts) => parts,
            Err(fault) => {
                self.unreadable = true;
                self.fault(at, FaultCode::BadTemplate, place.to_owned(), fault);
                return None;
            }
        };
        let mut pieces = Some(Vec::new());
        for part in parts {
            let piece = match part {
                Part::Text(plain) => Some(Piece::Text(plain)),
                Part::Hole { source, path } if source == ITEM => {
                    self.in_item(at, Some(&path), item, place).map(|_| Piece::Item(path))
                }
                Part::Hole { source, path } => {
                    let found = self.earlier(at, &source, place);
                    if let Some(found) = found {
                        self.reads.push((at, found));
                    }
                    found.and_then(|found| self.resolved(at, found, path, place)).map(|(r, _)| Piece::Ref(r))
                }
            };
            match (piece, &mut pieces) {
                (Some(piece), Some(pieces)) => pieces.push(piece),
                (None, pieces) => *pieces = None,
                (Some(_), None) => {}
            }
        }
        pieces
    }

    /// The holes of an `orc.format` template name its own arguments.
    pub(super) fn template_of_format(&mut self, at: usize, draft: &DraftStep, operator: Operator) {
        if operator != Operator::Format {
            return;
        }
        let given = |name: &str| draft.args.iter().any(|(given, _)| given == name);
        let position = draft.args.iter().position(|(name, _)| name == "template");
        let Some(position) = position else { return };
        let text = match &draft.args[position].1 {
            DraftBinding::Literal(Value::String(text)) | DraftBinding::Text(text) => text,
            _ => return,
        };
        let place = self.places.argument(at, position, "template");
        match parse(text) {
            Err(fault) => self.fault(at, FaultCode::BadTemplate, place, fault),
            Ok(parts) => {
                for part in parts {
                    let Part::Hole { source, .. } = part else { continue };
                    if given(&source) || source == ITEM && given("items") {
                        continue;
                    }
                    let message = format!("the template names `{source}`, and no argument of that name is given");
                    self.fault(at, FaultCode::BadTemplate, place.clone(), message);
                }
            }
        }
    }

    fn unknown_argument(&mut self, at: usize, tool: &Tool, name: &str, place: String) {
        let message = format!("`{}` takes no argument `{name}`", tool.reference);
        self.fault(at, FaultCode::UnknownArgument, place, message);
        self.suggest(closest(name, tool.parameters.iter().map(|parameter| parameter.name.as_str())));
    }

    fn missing_argument(&mut self, at: usize, tool: &Tool, parameter: &Parameter) {
        let message = format!("`{}` needs `{}` ({})", tool.reference, parameter.name, in_words(parameter.types));
        self.fault(at, FaultCode::MissingArgument, self.place(at, Field::Args), message);
    }
}

/// Whether a literal only says that an optional argument is not given: null,
/// or in the wire form an empty text, where the parameter admits neither.
fn is_absent(binding: &DraftBinding, parameter: &Parameter) -> bool {
    let types = parameter.types;
    if parameter.required {
        return false;
    }
    match binding {
        DraftBinding::Literal(Value::Null) => !types.admits(JsonType::Null),
        DraftBinding::Text(text) => text.is_empty() && !types.admits(JsonType::String),
        _ => false,
    }
}

/// The names of the types, for messages.
pub(crate) fn in_words(types: JsonTypes) -> String {
    if types == JsonTypes::ANY {
        return "anything".to_owned();
    }
    let kinds = [
        JsonType::Null,
        JsonType::Boolean,
        JsonType::Integer,
        JsonType::Number,
        JsonType::String,
        JsonType::Array,
        JsonType::Object,
    ];
    let number = types.admits(JsonType::Number);
    let named = kinds.into_iter().filter(|kind| types.admits(*kind) && !(number && *kind == JsonType::Integer));
    let named: Vec<&str> = named.map(JsonType::as_str).collect();
    if named.is_empty() { "nothing".to_owned() } else { named.join(" or ") }
}
