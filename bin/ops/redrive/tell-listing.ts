import { plural } from '../../local/plural.ts'
import { LISTED_SECONDS, type Listing } from './list.ts'

/** What of the dead-letter queues was not seen. */
export function tellListing(listing: Listing, hiddenElsewhere: number): string[] {
  const lines = []
  if (listing === 'stopped') lines.push('Stopped before all letters were seen. Nothing was changed.')
  if (listing === 'cut short')
    lines.push('There are more letters than one run takes. Run it again for the others.')
  if (hiddenElsewhere > 0)
    lines.push(
      `About ${plural(hiddenElsewhere, 'letter')} can't be seen now: the console or another run holds them, for ${LISTED_SECONDS / 60} minutes at most.`,
    )
  return lines.length > 0 ? ['', ...lines] : []
}
