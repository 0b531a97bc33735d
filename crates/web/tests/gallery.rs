//! Members' pages as a browser without scripts uses them: forms are sent, the answer says where
//! to look, and the page there shows what is.

#[path = "pages/account.rs"]
mod account;
#[path = "pages/acts.rs"]
mod acts;
#[path = "pages/audit.rs"]
mod audit;
#[path = "pages/browser.rs"]
mod browser;
#[path = "pages/buying.rs"]
mod buying;
#[path = "pages/codes.rs"]
mod codes;
#[path = "pages/diagnostics.rs"]
mod diagnostics;
#[path = "pages/doctor.rs"]
mod doctor;
#[path = "pages/folders.rs"]
mod folders;
#[path = "pages/generations.rs"]
mod generations;
#[path = "pages/people.rs"]
mod people;
#[path = "pages/person.rs"]
mod person;
#[path = "pages/rows.rs"]
mod rows;
#[path = "pages/searches.rs"]
mod searches;
#[path = "pages/strangers.rs"]
mod strangers;
#[path = "pages/tasks.rs"]
mod tasks;
#[path = "pages/webhooks.rs"]
mod webhooks;
