/** Sets a key as plain data, whatever its name: assigning to `__proto__` would lose the value instead. */
export function setKey<Value>(target: { [name: string]: Value }, key: string, value: Value): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}
