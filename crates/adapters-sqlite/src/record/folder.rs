//! Folders as rows.

use rusqlite::params;
use safelight_domain::{Folder, FolderId, FolderWrite};

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{id, micros},
};

impl RowWriter<'_> {
    pub(super) fn record_folder(&self, write: &FolderWrite) -> Sql<()> {
        let me = id(self.account.0);
        match write {
            FolderWrite::New(folder) => self.folder(folder),
            FolderWrite::Renamed(folder, name) => self.one(
                "UPDATE folder SET name = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(folder.0), me, name.as_str()],
            ),
            FolderWrite::Moved(folder, parent) => self.one(
                "UPDATE folder SET parent_id = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(folder.0), me, parent.map(|f| id(f.0))],
            ),
            FolderWrite::Deleted(folder) => self.folder_deleted(*folder),
        }
    }

    fn folder(&self, folder: &Folder) -> Sql<()> {
        self.one(
            "INSERT INTO folder(id, account_id, parent_id, name, created_at) \
             VALUES(?1, ?2, ?3, ?4, ?5)",
            params![
                id(folder.id.0),
                id(folder.account_id.0),
                folder.parent_id.map(|f| id(f.0)),
                folder.name.as_str(),
                micros(folder.created_at)
            ],
        )
    }

    /// A moved-up folder keeps its name when it can; beside a sibling of that name its id tells
    /// them apart, within the 80 characters of a name.
    fn folder_deleted(&self, folder: FolderId) -> Sql<()> {
        let (me, gone) = (id(self.account.0), id(folder.0));
        // A folder may hold one of its own name: it gives the name up first.
        let rename = "UPDATE folder SET name = hex(id) WHERE account_id = ?1 AND id = ?2";
        self.one(rename, params![me, gone])?;
        let parent = "(SELECT parent_id FROM folder WHERE account_id = ?1 AND id = ?2)";
        self.run(
            &format!(
                "UPDATE folder SET name = CASE WHEN EXISTS(SELECT 1 FROM folder s \
                 WHERE s.account_id = ?1 AND s.parent_id IS {parent} AND s.name = folder.name \
                 AND s.id <> ?2) \
                 THEN substr(name, 1, 71) || ' (' || substr(lower(hex(id)), -6) || ')' \
                 ELSE name END, parent_id = {parent} WHERE account_id = ?1 AND parent_id = ?2"
            ),
            params![me, gone],
        )?;
        self.run(
            &format!(
                "UPDATE image SET folder_id = {parent} WHERE account_id = ?1 AND folder_id = ?2"
            ),
            params![me, gone],
        )?;
        self.one("DELETE FROM folder WHERE account_id = ?1 AND id = ?2", params![me, gone])
    }
}
