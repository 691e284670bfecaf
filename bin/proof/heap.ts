/** Creates a binary heap with the first item by `isBefore` on top. The order of its items must not change. */
export function createHeap<T extends object>(isBefore: (a: T, b: T) => boolean) {
  const items: T[] = []

  function push(item: T): void {
    let place = items.length
    items.push(item)
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = items[parent]
      if (!above || !isBefore(item, above)) break
      items[place] = above
      place = parent
    }
    items[place] = item
  }

  function pop(): T | undefined {
    const top = items[0]
    const last = items.pop()
    if (!last || items.length === 0) return top
    let place = 0
    for (;;) {
      const left = items[2 * place + 1]
      if (!left) break
      const right = items[2 * place + 2]
      const isRight = right !== undefined && isBefore(right, left)
      const earlier = isRight ? right : left
      if (!isBefore(earlier, last)) break
      items[place] = earlier
      place = 2 * place + (isRight ? 2 : 1)
    }
    items[place] = last
    return top
  }

  return { push, pop, top: (): T | undefined => items[0], size: () => items.length }
}
