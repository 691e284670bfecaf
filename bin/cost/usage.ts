import measured from './measured.json' with { type: 'json' }

/** `npm run bench -- --only usage` writes the file: each quantity has a value for each shape of traffic. */
const { shapes, quantities } = measured.usage

export type Quantity = keyof typeof quantities

/** A quantity of what a million rows of one shape use, or of the settings with which it was measured. */
export type Usage = (quantity: Quantity) => number

/** The names of the measured shapes: `bulk 5000`, `single 10` or `stream`. */
export const SHAPES: readonly string[] = shapes

/** Rows in each request, unless the user says otherwise. */
export const DEFAULT_PER_REQUEST = '5000'

/** @throws if the shape was not measured. Values between two shapes are not interpolated. */
export const usageOf =
  (shape: string): Usage =>
  (quantity) => {
    const value = quantities[quantity][shapes.indexOf(shape)]
    if (value === undefined) throw new Error(`${quantity} was not measured for ${shape}`)
    return value
  }
