//! How much memory the machine has, and how much is left, where the system tells: Linux, with the limits of control
//! groups. Depends on std.

/// Bytes of memory that this process may use at most.
pub(crate) fn total() -> Option<usize> {
    least(field("MemTotal:"), groups().map(|(most, _)| most).min())
}

/// Bytes that could be had without anything being swapped or ended.
pub(crate) fn available() -> Option<usize> {
    least(field("MemAvailable:"), groups().map(|(most, used)| most.saturating_sub(used)).min())
}

fn least(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// A line of /proc/meminfo, in bytes.
fn field(name: &str) -> Option<usize> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line[name.len()..].trim().strip_suffix("kB")?.trim().parse::<usize>().ok()?.checked_mul(1024)
}

/// Limits and uses of the control group, of either version of their interface, where there is a limit.
fn groups() -> impl Iterator<Item = (usize, usize)> {
    const FILES: [[&str; 2]; 2] = [
        ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"],
        ["/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"],
    ];
    let number = |path: &str| std::fs::read_to_string(path).ok()?.trim().parse::<usize>().ok();
    FILES.into_iter().filter_map(move |[most, used]| Some((number(most)?, number(used)?)))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_less_than_all() {
        let (all, left) = (total().unwrap(), available().unwrap());
        assert!(left > 1 << 20 && left <= all, "{left} {all}");
    }
}
