/** No answers from Braze, by class. */
export const NO_ANSWERS = {
  '2xx': 0,
  '400': 0,
  '401': 0,
  '403': 0,
  '404': 0,
  '413': 0,
  '429': 0,
  '5xx': 0,
  none: 0,
  other: 0,
}
