package org.distbelief.dataset;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * The order in which labels are numbered: whole numbers first and by value ({@code 2} before {@code 10}), then all
 * other names by code point. It is a total order: two labels are equal only if their text is.
 */
public final class LabelOrder implements Comparator<String> {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,100}");

    @Override
    public int compare(String left, String right) {
        boolean leftNumber = WHOLE_NUMBER.matcher(left).matches();
        boolean rightNumber = WHOLE_NUMBER.matcher(right).matches();
        if (leftNumber && rightNumber) {
            int byValue = new BigInteger(left).compareTo(new BigInteger(right));
            return byValue != 0 ? byValue : left.compareTo(right);
        }
        if (leftNumber != rightNumber) {
            return leftNumber ? -1 : 1;
        }
        return left.compareTo(right);
    }
}
