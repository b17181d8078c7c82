// Acceptance policies: which kinds of documents a relying party accepts, since when and until when.

// The rule of {"rules": […]} by which a document is accepted on a day such as 2026-11-24; null if none.
export function accepting(policy, { kind, profile, purpose, on }) {
  const covers = (rule) =>
    rule.kind === kind &&
    (!rule.profiles || rule.profiles.includes(profile)) &&
    (!rule.purpose || rule.purpose === purpose);
  const inForce = (rule) => rule.since <= on && (!rule.until || on <= rule.until);
  return policy.rules.find((rule) => covers(rule) && inForce(rule)) ?? null;
}
