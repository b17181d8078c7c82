// Acceptance policies: which kinds of documents a relying party takes, since when and until when.

// The rule of {"rules": […]} by which a document is taken on a day written as 2026-11-24; null where none takes it.
export function accepting(policy, { kind, profile, purpose, on }) {
  const covers = (rule) =>
    rule.kind === kind &&
    (!rule.profiles || rule.profiles.includes(profile)) &&
    (!rule.purpose || rule.purpose === purpose);
  const inForce = (rule) => rule.since <= on && (!rule.until || on <= rule.until);
  return policy.rules.find((rule) => covers(rule) && inForce(rule)) ?? null;
}
