export const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Dollars of a thousand calls, which are numbers one can compare by eye. */
export const dollarsPerThousand = (dollars: number): string =>
  `$${(1000 * dollars).toLocaleString('en-US', { maximumSignificantDigits: 2 })}`;

export const seconds = (value: number): string =>
  value < 0.1 ? `${(1000 * value).toFixed(value < 0.01 ? 1 : 0)} ms` : `${value.toFixed(1)} s`;

/** Points with their sign, such as +3.6; a minus sign is one, not a hyphen. */
export const points = (share: number): string => {
  const rounded = (100 * share).toFixed(1);
  if (Number(rounded) === 0) return '0.0';
  return share > 0 ? `+${rounded}` : rounded.replace('-', '−');
};

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** With a minus sign that is one, not a hyphen. */
export const signed = (value: number, digits: number): string => value.toFixed(digits).replace('-', '−');
