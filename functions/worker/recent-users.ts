/**
 * When each user was last in a request for profile changes. Like the ledger, it lives as long as its execution
 * environment, and knows only what that environment sent itself.
 */
export type RecentUsers = Map<string, LastSent>

/** In milliseconds since the epoch. */
type LastSent = {
  at: number
  /** When the user was last in an object that was more than increments; undefined if never. */
  orderedAt: number | undefined
}

/**
 * Bounds the memory. Usual settings stay far below it: 40 requests a second with 75 users each are 90,000 users
 * in the longest delay of 30 seconds, and eight environments share them.
 */
const MAX_USERS = 50_000

/** @param onlyIncrements whether the object contains increments and nothing else. */
export function remember(
  recentUsers: RecentUsers,
  user: string,
  { at, onlyIncrements }: { at: number; onlyIncrements: boolean },
): void {
  const orderedAt = onlyIncrements ? recentUsers.get(user)?.orderedAt : at
  // A key that is set again keeps its place, and the oldest must come first.
  recentUsers.delete(user)
  recentUsers.set(user, { at, orderedAt })
}

/** Forgets the users who were last sent before this time, and the oldest if there are too many. */
export function forgetOld(recentUsers: RecentUsers, before: number): void {
  for (const [user, { at }] of recentUsers) {
    if (at >= before && recentUsers.size <= MAX_USERS) return
    recentUsers.delete(user)
  }
}
