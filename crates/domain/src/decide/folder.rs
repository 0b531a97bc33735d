//! The rules of folders.

use super::decision::{Decision, FOLDERS_MAX};
use crate::{Folder, FolderChange, FolderId, FolderWrite, Invalid, Refusal};

impl Decision<'_> {
    pub(super) fn decide_folder(&mut self, change: FolderChange) -> Result<(), Refusal> {
        match change {
            FolderChange::Create(folder) => {
                if self.folders.len() >= FOLDERS_MAX {
                    let says = format!("{FOLDERS_MAX} folders are the most; delete one first");
                    return Err(Invalid::new("name", says).into());
                }
                self.folder(folder.parent_id)?;
                self.free_name(folder.id, folder.parent_id, folder.name.as_str())?;
                self.folders.push(folder.clone());
                self.write(FolderWrite::New(folder));
            }
            FolderChange::Rename(id, name) => {
                let parent = self.folder(Some(id))?.and_then(|folder| folder.parent_id);
                self.free_name(id, parent, name.as_str())?;
                self.write(FolderWrite::Renamed(id, name));
            }
            FolderChange::Move(id, parent) => self.move_folder(id, parent)?,
            FolderChange::Delete(id) => {
                self.folder(Some(id))?;
                self.write(FolderWrite::Deleted(id));
            }
        }
        Ok(())
    }

    fn move_folder(&mut self, id: FolderId, parent: Option<FolderId>) -> Result<(), Refusal> {
        let name = self.folder(Some(id))?.map(|folder| folder.name.clone());
        self.folder(parent)?;
        let mut above = parent;
        while let Some(next) = above {
            if next == id {
                let says = "a folder cannot be moved into itself; choose another place";
                return Err(Invalid::new("parent_id", says).into());
            }
            above = self.folders.iter().find(|f| f.id == next).and_then(|f| f.parent_id);
        }
        if let Some(name) = name {
            self.free_name(id, parent, name.as_str())?;
        }
        self.write(FolderWrite::Moved(id, parent));
        Ok(())
    }

    fn free_name(&self, id: FolderId, parent: Option<FolderId>, name: &str) -> Result<(), Refusal> {
        let taken = self.folders.iter().any(|folder| {
            folder.id != id && folder.parent_id == parent && folder.name.as_str() == name
        });
        if taken { Err(Refusal::Taken { what: "this folder name" }) } else { Ok(()) }
    }

    pub(super) fn folder(&self, id: Option<FolderId>) -> Result<Option<&Folder>, Refusal> {
        let Some(id) = id else { return Ok(None) };
        let found = self.folders.iter().find(|folder| folder.id == id);
        found.map(Some).ok_or(Refusal::NotFound)
    }
}
