import { plural } from '../../local/plural.ts'
import { LISTED_SECONDS, type Listing } from './list.ts'

/**
 * What of the dead-letter queues was not seen.
 * @param unseen so many letters stand there besides those that were listed; SQS knows it roughly.
 */
export function tellListing(
  listing: Listing,
  unseen: { visible: number; hiddenElsewhere: number },
  { yes }: { yes: boolean },
): string[] {
  const { visible, hiddenElsewhere } = unseen
  const lines = []
  if (listing === 'stopped') lines.push('Stopped before all letters were seen. Nothing was changed.')
  if (listing === 'cut short')
    lines.push(
      `There are more letters than one look takes, about ${visible.toLocaleString('en')}.${yes ? ' They follow in further rounds.' : ''}`,
    )
  if (hiddenElsewhere > 0)
    lines.push(
      `About ${plural(hiddenElsewhere, 'letter')} can't be seen now: the console or another run holds them, for ${LISTED_SECONDS / 60} minutes at most.`,
    )
  return lines.length > 0 ? ['', ...lines] : []
}
