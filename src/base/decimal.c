/* SPDX-License-Identifier: ISC */
/*
 * decimal: digits, with a point among them or before them.
 */
#include "base/decimal.h"

bool decimal_read(const char *text, size_t len, double *value)
{
	double result = 0, unit = 1;
	bool digits = false, fraction = false;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (text[i] < '0' || text[i] > '9')
			return false;
		digits = true;
		if (fraction)
			result += (text[i] - '0') * (unit /= 10);
		else
			result = result * 10 + (text[i] - '0');
	}
	*value = result;
	return digits;
}
