package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.metrics.Metric;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.Adam;
import conv4j.optimizers.LossScaleOptimizer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compile settings as versions of Keras wrote them. */
class CompileReaderTest {

    private static final String ADAM = "'optimizer':{'class_name':'Adam','config':{'learning_rate':0.5}}";

    private final LayerReader notes = new LayerReader();
    private final Model model = new Sequential("m", new Input(4), new Dense(3));

    @AfterEach
    void close() {
        model.close();
    }

    private void compile(String settings) {
        JsonObject object = Json.parse("{" + settings.replace('\'', '"') + "}");
        new CompileReader(notes).compile(model, object, "optimizer");
    }

    private List<String> metrics() {
        return model.compiled().metrics().stream().map(Metric::name).toList();
    }

    @Test
    void aModelThatWasNotCompiledStaysSo() {
        compile("");
        compile("'optimizer':null,'loss':null");
        assertFalse(model.isCompiled());
        assertEquals(Set.of(), notes.warnings());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'class_name':'Adam','config':{'learning_rate':0.5,'name':'adam','jit_compile':true}",
                "'class_name':'Custom>Adam','config':{'learning_rate':0.5,'is_legacy_optimizer':false}",
                "'class_name':'Adam','config':{'lr':0.5,'decay':0.0}"
            })
    void optimizersHaveTheirRate(String optimizer) {
        compile("'optimizer':{" + optimizer + "},'loss':'mse'");
        assertEquals("Adam", model.optimizer().className());
        assertEquals(0.5, model.optimizer().config().get("learning_rate"));
        assertEquals(Set.of(), notes.warnings());
        assertEquals(List.of(), metrics());
    }

    @Test
    void aScaledLossIsThatOfAnotherOptimizer() {
        String inner = "'inner_optimizer':{'class_name':'Adam','config':{'learning_rate':0.5,'jit_compile':true,"
                + "'use_ema':false,'ema_momentum':0.99,'loss_scale_factor':null}}";
        compile("'optimizer':{'class_name':'LossScaleOptimizer','config':{'name':'loss_scale_optimizer'," + inner
                + ",'initial_scale':1024.0,'dynamic_growth_steps':4}},'loss':'mse'");
        LossScaleOptimizer scaled = assertInstanceOf(LossScaleOptimizer.class, model.optimizer());
        assertEquals(new Adam(0.5).config(), scaled.innerOptimizer().config());
        assertEquals(1024, scaled.initialScale());
        assertEquals(4, scaled.dynamicGrowthSteps());
        assertEquals(Set.of(), notes.warnings());
    }

    @Test
    void aScaledLossWithoutAnotherOptimizerStaysUncompiled() {
        assertLeftUncompiled(
                "'optimizer':{'class_name':'LossScaleOptimizer','config':{'initial_scale':8.0}},'loss':'mse'",
                "no name of an optimizer, loss or metric, but null");
    }

    @Test
    void anOptimizerMayBeANameAlone() {
        compile("'optimizer':'sgd','loss':'mse'");
        assertEquals("SGD", model.optimizer().className());
    }

    @Test
    void argumentsOfAnOptimizerThatAreNotKnownAreSaid() {
        compile("'optimizer':{'class_name':'SGD','config':{'learning_rate':0.5,'decay':0.25}},'loss':'mse'");
        assertTrue(model.isCompiled());
        assertEquals(Set.of("optimizer SGD: the argument decay = 0.25 is not known and left out"), notes.warnings());
    }

    private void assertLeftUncompiled(String settings, String reason) {
        compile(settings);
        assertFalse(model.isCompiled());
        assertEquals(
                Set.of("it was compiled with something that conv4j does not have: " + reason
                        + "; it is loaded without, call compile before training or evaluating it"),
                notes.warnings());
    }

    @Test
    void averagesOfWeightsAreNotTaken() {
        assertLeftUncompiled(
                "'optimizer':{'class_name':'SGD','config':{'use_ema':true}},'loss':'mse'", "SGD with use_ema = true");
    }

    @Test
    void weightsOfLossesAreNotTaken() {
        assertLeftUncompiled(ADAM + ",'loss':'mse','loss_weights':[0.5]", "loss_weights = [0.5]");
    }

    @Test
    void aLossThatIsMissingIsNamed() {
        assertLeftUncompiled(ADAM, "no name of an optimizer, loss or metric, but null");
    }

    @Test
    void argumentsOfALossThatAreNotKnownAreNotTaken() {
        assertLeftUncompiled(
                ADAM + ",'loss':{'class_name':'MeanSquaredError','config':{'future':2}}",
                "MeanSquaredError with future = 2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'mse' | MeanSquaredError",
                "['mse'] | MeanSquaredError",
                "{'out':'mae'} | MeanAbsoluteError",
                "'bce' | BinaryCrossentropy",
                "'binary_crossentropy' | BinaryCrossentropy",
                "{'class_name':'function','config':'mean_squared_error'} | MeanSquaredError",
                "{'class_name':'keras>MeanSquaredError','config':{'reduction':'auto','name':'x','fn':'y'}} | MeanSquaredError",
                "{'module':'builtins','class_name':'Huber','config':{'delta':2,'reduction':'sum_over_batch_size'}} | Huber"
            })
    void lossesAreNamesFunctionsAndObjects(String loss, String className) {
        compile(ADAM + ",'loss_weights':null,'loss':" + loss);
        assertEquals(Set.of(), notes.warnings());
        assertEquals(className, model.compiled().loss().className());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "null | []",
                "['accuracy'] | [accuracy]",
                "[['acc'],['mae']] | [acc, mean_absolute_error]",
                "{'out':['mse']} | [mean_squared_error]",
                "[{'class_name':'MeanMetricWrapper','config':{'name':'mine','fn':'mae'}}] | [mine]",
                "[{'class_name':'MeanAbsoluteError','config':{'name':'off','dtype':'float32'}}] | [off]"
            })
    void metricsAreNamesListsAndObjects(String given, String names) {
        compile(ADAM + ",'loss':'mse','metrics':" + given);
        assertEquals(names, metrics().toString());
        assertEquals(Set.of(), notes.warnings());
    }

    @Test
    void metricsThatAreMissingAreLeftOutOneByOne() {
        compile(ADAM + ",'loss':'mse','metrics':['mae','auc',{'class_name':'Accuracy','config':{}}]");
        assertEquals(List.of("mean_absolute_error"), metrics());
        List<String> warnings = List.copyOf(notes.warnings());
        assertEquals(2, warnings.size());
        assertTrue(
                warnings.get(0).startsWith("the metric \"auc\" is left out: there is no metric"), warnings::toString);
        assertEquals(
                "the metric {\"class_name\":\"Accuracy\",\"config\":{}} is left out: it compares for equality",
                warnings.get(1));
    }

    @Test
    void weightedMetricsAreLeftOut() {
        compile(ADAM + ",'loss':'mse','weighted_metrics':['mae']");
        assertEquals(List.of(), metrics());
        assertEquals(Set.of("weighted_metrics are left out"), notes.warnings());
        compile(ADAM + ",'loss':'mse','weighted_metrics':null");
        assertEquals(1, notes.warnings().size());
    }

    @Test
    void schedulesComeWithNamesOfTheirOwn() {
        compile(
                "'loss':'mse','optimizer':{'class_name':'SGD','config':{'learning_rate':{'class_name':'ExponentialDecay',"
                        + "'config':{'initial_learning_rate':0.5,'decay_steps':2,'decay_rate':0.5,'staircase':false,'name':null}}}}");
        assertEquals(Set.of(), notes.warnings());
        assertEquals(0.25, model.optimizer().learningRateAt(2), 1e-12);
    }
}
