use async_trait::async_trait;
use safelight_ports::{Imaging, IngestError, Ingested};

use super::Faulty;

#[async_trait]
impl Imaging for Faulty<dyn Imaging> {
    async fn ingest(&self, original: Vec<u8>) -> Result<Ingested, IngestError> {
        self.call(self.inner.ingest(original), |_, fault| fault.into()).await
    }
}
