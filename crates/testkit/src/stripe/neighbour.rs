//! Another product of the same Stripe account: sessions we did not open, with whatever they like to
//! write into them.

use serde_json::Value;

use super::{StripeFake, state::text};

impl StripeFake {
    /// Opens a session as somebody else with a key to the account would, by the parameters of the
    /// API as a tree, and then sets members of it that no parameter would; answers its id.
    pub fn neighbour(&self, form: &Value, own: &Value) -> String {
        let mut state = self.shared.state();
        let opened = match state.create_session(form) {
            Ok(opened) => opened,
            Err(refused) => panic!("the neighbour's session: {}", refused.error),
        };
        let id = text(&opened, "id").to_owned();
        state.set(&id, own);
        id
    }
}
