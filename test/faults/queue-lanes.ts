export type QueuedMessage = {
  readonly id: string
  /** SQS message group id. */
  readonly group: string
  readonly dedupId: string
  readonly body: string
  readonly attributes: { readonly [name: string]: string }
  /** When this queue took it, in milliseconds since the epoch. */
  readonly sentAt: number
  /** Its place among all messages of this queue. */
  readonly sequence: number
  /** How often it was handed out. */
  readonly receives: number
}

/** The messages of one queue, each group's in their order. A message keeps its place until it is removed. */
export type Lanes = {
  append: (message: QueuedMessage) => void
  /** Puts a newer state of a message into its place. */
  replace: (message: QueuedMessage) => void
  remove: (message: QueuedMessage) => void
  /** The groups that hold something, each with its messages, by the place of their first. */
  byGroup: () => (readonly QueuedMessage[])[]
  /** All messages in the order they came. */
  all: () => QueuedMessage[]
}

export function createLanes(): Lanes {
  const lanes = new Map<string, QueuedMessage[]>()
  const find = ({ group, sequence }: QueuedMessage) => {
    const lane = lanes.get(group) ?? []
    return { lane, place: lane.findIndex((other) => other.sequence === sequence) }
  }
  return {
    append: (message) => {
      const lane = lanes.get(message.group)
      if (lane) lane.push(message)
      else lanes.set(message.group, [message])
    },
    replace: (message) => {
      const { lane, place } = find(message)
      lane[place] = message
    },
    remove: (message) => {
      const { lane, place } = find(message)
      lane.splice(place, 1)
      if (lane.length === 0) lanes.delete(message.group)
    },
    byGroup: () => [...lanes.values()].sort(([a], [b]) => (a?.sequence ?? 0) - (b?.sequence ?? 0)),
    all: () => [...lanes.values()].flat().sort((a, b) => a.sequence - b.sequence),
  }
}
