//! Why a call failed, told without addresses, bodies or secrets.

use safelight_ports::Fault;

/// What a failed call means for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The network or the server failed in passing: the same call may succeed at once.
    Transient,
    /// TLS failed. The next call fails the same way, but somebody may mend a certificate meanwhile.
    Insecure,
    /// The call can never succeed as it is: a person has to change something.
    Permanent,
}

/// A call that failed and says nothing about what it asked for. Several askers may share one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CallError {
    class: Class,
    message: String,
}

impl CallError {
    /// A failure that may have passed by the next call.
    pub fn transient(message: impl Into<String>) -> Self {
        Self { class: Class::Transient, message: message.into() }
    }

    /// A failure that a person has to mend.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self { class: Class::Permanent, message: message.into() }
    }

    /// What it means for the next call.
    pub fn class(&self) -> Class {
        self.class
    }

    /// The fault of the dependency that was called, named by its role, as `provider`.
    pub fn into_fault(self, dependency: &'static str) -> Fault {
        match self.class {
            Class::Transient | Class::Insecure => Fault::passing(dependency, self),
            Class::Permanent => Fault::lasting(dependency, self),
        }
    }
}

/// Only errors that cannot hold an address or a body are repeated word by word.
impl From<&ureq::Error> for CallError {
    fn from(error: &ureq::Error) -> Self {
        use ureq::Error;
        match error {
            Error::BadUri(_) | Error::Http(_) | Error::RequireHttpsOnly(_) => {
                Self::permanent("the address is unusable")
            }
            Error::BodyExceedsLimit(_) => Self::permanent("the answer is too large"),
            Error::Pem(_) => Self::permanent("a certificate of ours cannot be read"),
            Error::Rustls(_) | Error::Tls(_) => {
                Self { class: Class::Insecure, message: format!("no safe connection: {error}") }
            }
            error => Self::transient(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_no_address_and_is_classed_once() {
        let bad = CallError::from(&ureq::Error::BadUri("http://secret.example/x".to_owned()));
        assert_eq!((bad.class(), bad.to_string().contains("secret")), (Class::Permanent, false));
        let tls = CallError::from(&ureq::Error::Tls("bad certificate"));
        assert_eq!(tls.class(), Class::Insecure);
        assert!(tls.into_fault("storage").retryable, "a certificate is mended while we wait");
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        assert_eq!(CallError::from(&ureq::Error::Io(refused)).class(), Class::Transient);
        assert!(!CallError::permanent("no").into_fault("provider").retryable);
    }
}
