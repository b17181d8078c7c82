import java.io.File;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Ask veraPDF about files: one line for each flavour and file, "meets" or "fails" with the clauses broken. */
public final class VeraPdf {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String flavour : arguments[0].split(",")) {
            for (int index = 1; index < arguments.length; index++) {
                System.out.println(verdict(PDFAFlavour.byFlavourId(flavour), flavour, arguments[index]));
            }
        }
    }

    private static String verdict(PDFAFlavour flavour, String name, String file) throws Exception {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file), flavour);
             PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            StringBuilder line = new StringBuilder(result.isCompliant() ? "meets" : "fails");
            line.append('\t').append(name).append('\t').append(file).append('\t');
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    line.append(assertion.getRuleId().getClause()).append('-')
                        .append(assertion.getRuleId().getTestNumber()).append(' ');
                }
            }
            return line.toString();
        }
    }
}
