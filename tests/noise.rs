//! Parsers of the domain and the use cases, given what nobody means well with.

use safelight_domain::{ActionName, Actor, Email, FolderName, KeyScope, Prompt, Search, Seed};
use safelight_testkit::{noisy_text, people::ada};
use safelight_tests::TestStudio;
use safelight_usecases::{KeyTerms, own_path};

#[test]
fn what_was_parsed_parses_again_to_the_same() {
    let texts = [
        "a red fox",
        " a\r\nfox\t",
        "\u{a0}x",
        "ada@example.com",
        "Ada+x@EXAMPLE.com",
        "7",
        "export",
    ];
    noisy_text(&texts, |text| {
        if let Ok(prompt) = Prompt::parse(text) {
            assert_eq!(Prompt::parse(prompt.as_str()).as_ref(), Ok(&prompt));
            let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
            assert!(
                !prompt.as_str().contains(odd) && prompt.as_str().chars().count() <= Prompt::MAX
            );
        }
        if let Ok(name) = FolderName::parse(text) {
            assert_eq!(FolderName::parse(name.as_str()).as_ref(), Ok(&name));
            assert!(!name.as_str().contains(char::is_control));
        }
        if let Ok(email) = Email::parse(text) {
            assert_eq!(Email::parse(email.as_str()).as_ref(), Ok(&email));
            assert_eq!(email.as_str().matches('@').count(), 1);
            assert!(!email.as_str().contains(|c: char| c.is_control() || c.is_whitespace()));
            assert!(!format!("{email:?}").contains(email.as_str()), "debug masks it");
        }
        if let Ok(seed) = Seed::parse(text) {
            assert_eq!(Seed::parse(&seed.to_string()), Ok(seed));
        }
        if let Ok(Some(search)) = Search::parse(text) {
            let typed = Search::parse(search.typed());
            assert_eq!(typed, Ok(Some(search.clone())), "what was typed is read the same again");
            assert!(search.groups().iter().all(|group| !group.is_empty()));
        }
        if let Ok(name) = ActionName::parse(text) {
            assert_eq!(name.as_str(), text);
        }
        if let Ok(scope) = KeyScope::parse(text) {
            assert_eq!(scope.as_str(), text);
        }
        if let Some(path) = own_path(text) {
            assert!(path.starts_with('/') && !path.starts_with("//"));
        }
    });
}

#[tokio::test]
async fn a_bent_key_is_nobodys() {
    let studio = TestStudio::open().await;
    let keys = &studio.studio.keys;
    let make =
        || keys.create(ada().account.id, KeyTerms::new("x", &[KeyScope::Library]), Actor::cli());
    let (one, two) = (make().await.unwrap().text, make().await.unwrap().text);
    let mut bent = Vec::new();
    noisy_text(&[&one, &two], |text| bent.push(text.to_owned()));
    for text in bent {
        let whole = text == one || text == two;
        assert_eq!(keys.authenticate(&text).await.unwrap().is_some(), whole, "{text}");
    }
}
