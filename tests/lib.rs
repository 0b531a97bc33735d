//! Tests over the whole workspace; each file beside this one is a suite.
