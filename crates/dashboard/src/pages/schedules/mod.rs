//! Pages of schedules.

use crate::area::Area;

pub(crate) fn area() -> Area {
    Area::new()
}
