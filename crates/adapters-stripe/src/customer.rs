//! Customers: one an account, made before anybody pays.

use safelight_domain::{AccountId, Email};
use safelight_outbound::hex;
use safelight_ports::PaymentError;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    Stripe,
    call::{self, Call},
    object::Object,
    stripe::{json as body, lacking},
};

const WHAT: &str = "customer";
/// How many customers of one account may have been deleted within a day.
const DELETED_MAX: usize = 5;

impl Stripe {
    pub(crate) async fn make_customer(
        &self,
        account: AccountId,
        email: &Email,
    ) -> Result<String, PaymentError> {
        let form =
            json!({ "email": email.as_str(), "metadata": { "account": account.to_string() } });
        // A changed address is another request, which the same key would not let through.
        let address = hex(&Sha256::digest(email.as_str().as_bytes())[..8]);
        let mut key = format!("customer:{account}:{address}");
        for _ in 0..DELETED_MAX {
            let answer = self.answer(Call::post(WHAT, "/v1/customers", &form, &key)).await?;
            let replayed = answer.header("idempotent-replayed") == Some("true");
            let made = body(&answer)?;
            let id = Object(&made).text(&["/id"]).ok_or_else(|| lacking("id"))?;
            // What is replayed may be a customer who was deleted since; then another is made.
            if !replayed || self.is_customer(id).await? {
                return Ok(id.to_owned());
            }
            key = format!("{key}:{id}");
        }
        Err(PaymentError::NotFound(WHAT))
    }

    /// Whether this customer exists and was not deleted.
    async fn is_customer(&self, id: &str) -> Result<bool, PaymentError> {
        let path = format!("/v1/customers/{}", call::id(WHAT, id)?);
        match self.call(Call::get(WHAT, path, &json!({}))).await {
            Ok(found) => Ok(Object(&found).flag(&["/deleted"]) != Some(true)),
            Err(PaymentError::NotFound(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Deletes a customer there, as when an account is closed; twice is the same.
    pub async fn delete_customer(&self, id: &str) -> Result<(), PaymentError> {
        let path = format!("/v1/customers/{}", call::id(WHAT, id)?);
        match self.call(Call::delete(WHAT, path)).await {
            Ok(_) | Err(PaymentError::NotFound(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Opens the page where a customer sees receipts and cards. Its address is a bearer secret,
    /// good for a few minutes: made at each click, never logged.
    pub async fn portal(&self, customer: &str, return_url: &str) -> Result<String, PaymentError> {
        let form = json!({ "customer": customer, "return_url": return_url });
        let key = self.fresh_key();
        let opened =
            self.call(Call::post(WHAT, "/v1/billing_portal/sessions", &form, &key)).await?;
        let url = Object(&opened).text(&["/url"]).ok_or_else(|| lacking("url"))?;
        Ok(url.to_owned())
    }
}
