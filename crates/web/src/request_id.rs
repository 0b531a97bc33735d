//! The id of the request this task answers: in its header, its log lines, and whatever tells a
//! person that something went wrong.

tokio::task_local! {
    static ANSWERED: String;
}

/// Answers a request under its id.
pub async fn under<T>(id: String, answer: impl Future<Output = T>) -> T {
    ANSWERED.scope(id, answer).await
}

/// The id of the request that is being answered; none outside of one.
pub fn current() -> Option<String> {
    ANSWERED.try_with(Clone::clone).ok()
}
