// Times the first CNN in dlprimitives, on one batch that lies on the device:
//
//     first_cnn WORKLOADS RUNS LIMIT DEVICE...
//
// WORKLOADS is the output of ./conv4j bench --list --json, of which networks other than the first CNN are left out. A
// DEVICE is 'cpu', which is dlprimitives' own code and OpenBLAS, or PLATFORM:DEVICE of OpenCL, such as 0:0, where it is
// measured with the algorithm of convolutions that dlprimitives chooses (auto) and with products alone (gemm). Prints
// one JSON object a line, with the same fields as benchmarks/pytorch_bench.py; 'mode' is the device and the algorithm.
//
// dlprimitives has no LeakyReLU, no dropout and no Adamax: here are ReLU as a part of the convolutions and products,
// nothing, and Adam in their places, each of which takes less time than what is missing.

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <dlprim/json.hpp>
#include <dlprim/net.hpp>
#include <dlprim/ops/conv2d.hpp>
#include <dlprim/ops/inner_product.hpp>
#include <dlprim/ops/pooling.hpp>
#include <dlprim/ops/softmax.hpp>
#include <dlprim/solvers/adam.hpp>

namespace {

constexpr double WARM_UP = 0.5;
constexpr double LONG_ENOUGH = 0.2;
constexpr int CLASSES = 10;
constexpr int SIZE = 32;

struct Options {
    int runs;
    double limit;
};

struct Work {
    std::string name;
    int batch;
    bool training;
};

/// Why something is not measured.
struct Skip : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The layers of conv4j's first CNN, one behind the other.
class Layers {
public:
    Layers(dlprim::Context &context, dlprim::Net &net, const std::string &algorithm)
        : context_(context), net_(net), algorithm_(algorithm) {}

    void build(bool training) {
        for (int first : {16, 32}) {
            convolution(first);
            convolution(2 * first);
            pooling();
        }
        dense(256, dlprim::StandardActivations::relu);
        dense(CLASSES, dlprim::StandardActivations::identity);
        if (training) {
            using dlprim::SoftmaxWithLoss;
            net_.add_operator(std::make_unique<SoftmaxWithLoss>(context_), "loss", {last_, "labels"}, {"loss"});
            last_ = "loss";
        }
        net_.mark_output_tensor(last_);
    }

private:
    void convolution(int filters) {
        dlprim::Convolution2DConfig config;
        config.channels_out = filters;
        std::fill_n(config.kernel, 2, 3);
        std::fill_n(config.pad, 2, 1);
        config.activation = dlprim::StandardActivations::relu;
        config.fwd_algo = config.bwd_data_algo = config.bwd_filter_algo = algorithm_;
        add(std::make_unique<dlprim::Convolution2D>(context_, config));
    }

    void pooling() {
        dlprim::Pooling2DConfig config;
        std::fill_n(config.kernel, 2, 2);
        std::fill_n(config.stride, 2, 2);
        add(std::make_unique<dlprim::Pooling2D>(context_, config));
    }

    void dense(int units, dlprim::StandardActivations activation) {
        dlprim::InnerProductConfig config;
        config.outputs = units;
        config.activation = activation;
        add(std::make_unique<dlprim::InnerProduct>(context_, config));
    }

    void add(std::unique_ptr<dlprim::Operator> layer) {
        const std::string name = "layer" + std::to_string(++count_);
        net_.add_operator(std::move(layer), name, {last_}, {name});
        last_ = name;
    }

    dlprim::Context &context_;
    dlprim::Net &net_;
    std::string algorithm_;
    std::string last_ = "images";
    int count_ = 0;
};

double seconds(dlprim::ExecutionContext &queue, const std::function<void()> &step, int times) {
    using Clock = std::chrono::steady_clock;
    queue.finish();
    const Clock::time_point begin = Clock::now();
    for (int i = 0; i < times; i++) {
        step();
    }
    queue.finish();
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Seconds of a step, the shortest first.
std::vector<double> times(dlprim::ExecutionContext &queue, const std::function<void()> &step, const Options &options) {
    seconds(queue, step, 1);  // builds the kernels
    double once = 0;
    for (double spent = 0; spent < std::min(WARM_UP, options.limit); spent += once) {
        once = seconds(queue, step, 1);
    }
    if (once > options.limit) {
        throw Skip("a step takes " + std::to_string(once) + " s");
    }
    const int steps = std::max(1, static_cast<int>(LONG_ENOUGH / once));
    std::vector<double> all;
    for (int run = 0; run < options.runs; run++) {
        all.push_back(seconds(queue, step, steps) / steps);
    }
    std::sort(all.begin(), all.end());
    return all;
}

void fill(dlprim::Net &net, const Work &work, dlprim::ExecutionContext &queue) {
    dlprim::Tensor images = net.tensor("images");
    float *pixels = images.data<float>();
    for (size_t i = 0; i < images.shape().total_size(); i++) {
        pixels[i] = static_cast<float>(i * 7919 % 10007) / 10007;
    }
    images.to_device(queue, true);
    if (work.training) {
        dlprim::Tensor labels = net.tensor("labels");
        for (int i = 0; i < work.batch; i++) {
            labels.data<int>()[i] = i % CLASSES;
        }
        labels.to_device(queue, true);
    }
}

std::vector<double> measure(
        const std::string &device, const std::string &algorithm, const Work &work, const Options &options) {
    dlprim::Context context(device);
    dlprim::ExecutionContext queue = context.make_execution_context();
    dlprim::Net net(context);
    net.mode(work.training ? dlprim::CalculationsMode::train : dlprim::CalculationsMode::predict);
    net.add_input_tensor("images", dlprim::TensorSpecs(dlprim::Shape(work.batch, 3, SIZE, SIZE), dlprim::float_data));
    if (work.training) {
        net.add_input_tensor("labels", dlprim::TensorSpecs(dlprim::Shape(work.batch), dlprim::int32_data));
    }
    Layers(context, net, algorithm).build(work.training);
    net.setup();
    net.initialize_parameters(queue);
    fill(net, work, queue);
    if (!work.training) {
        return times(queue, [&] { net.forward(queue); }, options);
    }
    dlprim::solvers::Adam optimizer(context);
    optimizer.lr = 0.005f;
    optimizer.weight_decay = 0;
    optimizer.init(net, queue);
    return times(queue, [&] { optimizer.step(net, queue); }, options);
}

/// The first line of a message, as it may stand in a JSON string.
std::string quotable(std::string text) {
    text = text.substr(0, text.find('\n'));
    std::replace_if(
            text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == '"' || c == '\\'; }, ' ');
    return text;
}

void report(const std::string &device, const std::string &algorithm, const Work &work, const Options &options) {
    const std::string mode = device == "cpu" ? device : device + " " + algorithm;
    std::cout << R"({"group": "training", "name": ")" << work.name << R"(", "batch": )" << work.batch
              << R"(, "precision": "float32", "mode": ")" << mode << R"(", "layout": "channels-first", )";
    try {
        const std::vector<double> all = measure(device, algorithm, work, options);
        const double middle = (all[(all.size() - 1) / 2] + all[all.size() / 2]) / 2;
        std::cout << std::fixed << std::setprecision(9) << R"("seconds": )" << middle << R"(, "seconds_least": )"
                  << all.front() << R"(, "seconds_most": )" << all.back() << R"(, "runs": )" << all.size()
                  << R"(, "skipped": null})" << std::endl;
    } catch (const std::exception &reason) {
        std::cout << R"("seconds": null, "runs": 0, "skipped": ")" << quotable(reason.what()) << R"("})" << std::endl;
    }
}

std::vector<Work> read(const char *path) {
    std::ifstream file(path);
    dlprim::json::value list;
    if (!(file >> list)) {
        throw std::runtime_error(std::string(path) + " is not the output of ./conv4j bench --list --json");
    }
    std::vector<Work> found;
    for (const dlprim::json::value &one : list["workloads"].array()) {
        if (one.get<std::string>("group") == "training" && one.get<std::string>("sizes.network") == "first-cnn") {
            found.push_back({one.get<std::string>("name"), one.get<int>("batch"),
                             one.get<std::string>("sizes.mode") == "training"});
        }
    }
    return found;
}

}  // namespace

int main(int count, char **arguments) {
    try {
        if (count < 5 || std::stoi(arguments[2]) < 1) {
            throw std::runtime_error("usage: first_cnn WORKLOADS RUNS LIMIT DEVICE...");
        }
        const Options options{std::stoi(arguments[2]), std::stod(arguments[3])};
        for (const Work &work : read(arguments[1])) {
            for (const std::string &device : std::vector<std::string>(arguments + 4, arguments + count)) {
                report(device, "auto", work, options);
                if (device != "cpu") {
                    report(device, "gemm", work, options);
                }
            }
        }
    } catch (const std::exception &reason) {
        std::cerr << "first_cnn: " << reason.what() << std::endl;
        return 2;
    }
}
