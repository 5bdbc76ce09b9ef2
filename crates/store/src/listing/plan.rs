//! Which way a list is read, decided from exact counts alone. Pure.
//!
//! There are two ways. To *walk* is to read the index of one value in the order that is asked for, and to stop when the page is
//! full: quick where many of the captures on the way are wanted, endless where none is. To *gather* is to take every capture
//! that one narrow condition names, and to sort: quick where that condition names few. A walk has a bound, and who meets it
//! gathers after all, so that no list reads more than the narrowest of its conditions names.

use super::{
    facet::{Facet, FacetKind},
    sort::Key,
};

/// How much is read before another way is taken. Tests set their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Captures that are gathered without trying to walk.
    pub gather_max: i64,
    /// Captures that a walk looks at before it is given up.
    pub walk_max: i64,
    /// How far conditions are counted once a walk was given up.
    pub count_max: i64,
    /// Captures of a range from which on they are not gathered, but read step by step of the order.
    pub step_min: i64,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { gather_max: 5_000, walk_max: 2_000, count_max: 50_000, step_min: 8_000 }
    }
}

/// A condition whose captures an index has together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Driver {
    /// Those of the narrowest value.
    Facet,
    /// Those of the narrowest value within the range of another key than the one sorted by.
    Range(Key),
    /// Those with the words.
    Words,
}

/// What a list is asked for, as far as it decides the way.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub narrowest: Facet,
    /// Whether further values are named.
    pub has_more_values: bool,
    pub bounds: Bounds,
    /// Conditions beside values that the order's own index cannot answer.
    pub drivers: Vec<Driver>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// Read the order as it stands: every capture in it is wanted.
    Read,
    /// Look at the first so many of the order; where that does not fill the page, gather.
    Walk,
    Gather(Driver),
    /// Read the range of this key in one step of the order after the other, until the page is full.
    Step(Key),
}

impl Shape {
    fn range(&self) -> Option<Key> {
        self.drivers.iter().find_map(|driver| if let Driver::Range(key) = driver { Some(*key) } else { None })
    }

    /// The narrowest value has few captures, or nothing else is asked for: then nothing needs to be counted.
    pub(super) fn plan_at_once(&self) -> Option<Plan> {
        if !self.has_more_values && self.drivers.is_empty() {
            return Some(Plan::Read);
        }
        (self.narrowest.captures <= self.bounds.gather_max).then_some(Plan::Gather(Driver::Facet))
    }

    /// Captures of a driver that are gathered without trying to walk. A walk looks at as many captures for each wanted one as the
    /// narrowest value has for each of the driver's: where it would have to look at more than the driver names, the driver it is.
    pub(super) fn gather_max(&self, limit: usize) -> i64 {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        limit.saturating_mul(self.narrowest.captures).isqrt().min(self.bounds.gather_max)
    }

    /// What is done once each driver was counted up to one more than is gathered.
    pub(super) fn plan(&self, limit: usize, counted: &[(Driver, i64)]) -> Plan {
        let narrowest = counted.iter().min_by_key(|(_, captures)| *captures);
        match narrowest {
            Some((driver, captures)) if *captures <= self.gather_max(limit) => Plan::Gather(*driver),
            _ => Plan::Walk,
        }
    }

    /// What is gathered where the walk was in vain and each driver was counted as far as is counted.
    pub(super) fn plan_after_walk(&self, counted: &[(Driver, i64)]) -> Plan {
        let counted = counted.iter().filter(|(_, captures)| *captures < self.bounds.count_max);
        let narrowest = counted.min_by_key(|(_, captures)| *captures);
        let is_few = |captures: i64| captures < self.narrowest.captures;
        match narrowest {
            Some((driver, captures)) if is_few(*captures) && *captures < self.bounds.step_min => Plan::Gather(*driver),
            // Many within the range, and none of them where the order begins.
            _ if self.narrowest.kind == FacetKind::All && self.range().is_some() => {
                self.range().map_or(Plan::Walk, Plan::Step)
            }
            Some((driver, captures)) if is_few(*captures) => Plan::Gather(*driver),
            _ => Plan::Gather(Driver::Facet),
        }
    }
}

/// The facet with the fewest captures.
pub(super) fn narrowest(facets: &[Facet]) -> Option<Facet> {
    facets.iter().copied().min_by_key(|facet| facet.captures)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(captures: i64, has_more_values: bool, drivers: &[Driver]) -> Shape {
        let narrowest = Facet { kind: FacetKind::Store, id: 1, captures };
        Shape { narrowest, has_more_values, bounds: Bounds::default(), drivers: drivers.to_vec() }
    }

    #[test]
    fn one_value_is_read_in_its_order_however_many_it_has() {
        assert_eq!(shape(1_000_000, false, &[]).plan_at_once(), Some(Plan::Read));
        assert_eq!(shape(3, false, &[]).plan_at_once(), Some(Plan::Read));
    }

    #[test]
    fn few_captures_are_gathered_and_many_are_counted_first() {
        assert_eq!(shape(5_000, true, &[]).plan_at_once(), Some(Plan::Gather(Driver::Facet)));
        assert_eq!(shape(5_001, true, &[]).plan_at_once(), None);
        assert_eq!(shape(5_001, false, &[Driver::Words]).plan_at_once(), None);
        let (range, shape) = (Driver::Range(Key::MinPrice), shape(1_000_000, true, &[]));
        assert_eq!(shape.plan(50, &[]), Plan::Walk);
        assert_eq!(shape.plan(50, &[(range, 5_001), (Driver::Words, 5_001)]), Plan::Walk);
        assert_eq!(shape.plan(50, &[(range, 30), (Driver::Words, 20)]), Plan::Gather(Driver::Words));
    }

    #[test]
    fn after_a_walk_in_vain_the_narrowest_condition_is_gathered() {
        let shape = shape(40_000, true, &[]);
        assert_eq!(shape.plan_after_walk(&[(Driver::Words, 39_999)]), Plan::Gather(Driver::Words));
        assert_eq!(shape.plan_after_walk(&[(Driver::Words, 40_000)]), Plan::Gather(Driver::Facet));
        assert_eq!(shape.plan_after_walk(&[(Driver::Words, 50_000)]), Plan::Gather(Driver::Facet));
    }

    #[test]
    fn a_wide_range_of_a_whole_organization_is_read_step_by_step() {
        let range = Driver::Range(Key::MinPrice);
        let narrowest = Facet { kind: FacetKind::All, id: 1, captures: 1_000_000 };
        let shape = Shape { narrowest, ..shape(0, false, &[range]) };
        assert_eq!(shape.plan_after_walk(&[(range, 50_000)]), Plan::Step(Key::MinPrice));
        assert_eq!(shape.plan_after_walk(&[(range, 7_000)]), Plan::Gather(range));
        assert_eq!(shape.plan_after_walk(&[(range, 50_000), (Driver::Words, 6_000)]), Plan::Gather(Driver::Words));
    }
}
