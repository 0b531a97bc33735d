//! A page of a list: `{"items": [...], "next": "..."}`.

use std::borrow::Cow;

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::{ToJSON, Type},
};
use safelight_usecases::Paged;
use serde_json::{Value, json};

use crate::{
    page::{ListOf, Mark},
    wire::{Text, Wire},
};

/// A page of a list.
#[derive(Debug)]
pub struct List<T> {
    items: Vec<T>,
    next: Option<Mark>,
}

impl<T> List<T> {
    /// Everything there is, on one page.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// A page of `list`, each row shown by `view`.
    pub fn of<R>(list: ListOf, page: Paged<R>, view: impl FnMut(R) -> T) -> Self {
        let next = page.next.map(|next| list.mark(next));
        Self { items: page.items.into_iter().map(view).collect(), next }
    }
}

impl<T: Type> Type for List<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        format!("{}List", T::name()).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(Self::name().into_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(Self::name().into_owned(), |registry| {
            T::register(registry);
            let next = MetaSchema {
                nullable: true,
                description: Some("Send it as `cursor` for the next page; null at the end."),
                ..MetaSchema::ANY
            };
            MetaSchema {
                required: vec!["items", "next"],
                properties: vec![
                    ("items", Vec::<T>::schema_ref()),
                    ("next", Text::<Mark>::schema_ref().merge(next)),
                ],
                ..MetaSchema::new("object")
            }
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<T: ToJSON> ToJSON for List<T> {
    fn to_json(&self) -> Option<Value> {
        let next = self.next.map(|next| next.write());
        Some(json!({ "items": self.items.to_json(), "next": next }))
    }
}
