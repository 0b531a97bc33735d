//! Folders of the gallery.

use std::sync::Arc;

use safelight_domain::{
    AccountId, Change, Changes, Folder, FolderChange, FolderId, FolderName, Refusal,
};

use crate::{Error, World};

/// Makes, shows and moves folders.
#[derive(Clone)]
pub struct Folders {
    world: Arc<World>,
}

impl Folders {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// All folders, by name.
    pub async fn list(&self, account: AccountId) -> Result<Vec<Folder>, Error> {
        Ok(self.world.reads.folders(account).await?)
    }

    /// One folder.
    pub async fn get(&self, account: AccountId, id: FolderId) -> Result<Folder, Error> {
        let all = self.list(account).await?;
        all.into_iter().find(|folder| folder.id == id).ok_or(Refusal::NotFound.into())
    }

    /// Makes a folder, at the top or under `parent`.
    pub async fn create(
        &self,
        account: AccountId,
        name: FolderName,
        parent: Option<FolderId>,
    ) -> Result<Folder, Error> {
        let folder = Folder {
            id: FolderId(self.world.ids.next()),
            account_id: account,
            parent_id: parent,
            name,
            created_at: self.world.clock.now(),
        };
        self.commit(account, Change::Folder(FolderChange::Create(folder.clone()))).await?;
        Ok(folder)
    }

    /// Renames a folder.
    pub async fn rename(
        &self,
        account: AccountId,
        id: FolderId,
        name: FolderName,
    ) -> Result<(), Error> {
        self.commit(account, Change::Folder(FolderChange::Rename(id, name))).await
    }

    /// Moves a folder under another, or to the top.
    pub async fn relocate(
        &self,
        account: AccountId,
        id: FolderId,
        parent: Option<FolderId>,
    ) -> Result<(), Error> {
        self.commit(account, Change::Folder(FolderChange::Move(id, parent))).await
    }

    /// Deletes a folder; its pictures and folders move up to its parent.
    pub async fn delete(&self, account: AccountId, id: FolderId) -> Result<(), Error> {
        self.commit(account, Change::Folder(FolderChange::Delete(id))).await
    }

    async fn commit(&self, account: AccountId, change: Change) -> Result<(), Error> {
        self.world.store.commit(Changes::of(account, vec![change])).await?;
        Ok(())
    }
}
