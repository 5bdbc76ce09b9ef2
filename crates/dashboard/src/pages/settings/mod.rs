//! Pages of settings.

use crate::area::Area;

pub(crate) fn area() -> Area {
    Area::new()
}
