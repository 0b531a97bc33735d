//! A payment adapter that panics: the delivery is tried again, and nothing is granted twice.

use safelight_domain::SignedDuration;
use safelight_testkit::Strike;

use crate::shop::Shop;

#[tokio::test]
async fn a_delivery_whose_call_panics_is_tried_again() {
    for strike in Strike::ALL {
        for n in 1.. {
            let shop = Shop::open().await;
            shop.paid().await;
            for notice in shop.setup.payments.notices() {
                shop.deliver(&notice).await;
            }
            shop.setup.faults.plan_panic(n, strike);
            let first = shop.studio.inbox.run_due().await;
            assert!(first.is_ok() || !shop.setup.faults.pending());
            // Longer than any lease and any first pause.
            for _ in 0..4 {
                shop.setup.clock.advance(SignedDuration::from_mins(5));
                let _ = shop.studio.inbox.run_due().await;
            }
            assert_eq!((shop.credits().await, shop.grants().await), ((110, 0), 1), "call {n}");
            if shop.setup.faults.pending() {
                assert!(n > 4, "only {n} calls were tried");
                break;
            }
        }
    }
}
